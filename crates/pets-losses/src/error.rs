use crate::LossKind;

/// What can be wrong with the description of a loss, or with data handed to this crate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LossError {
    /// A number of the description lies outside what the loss is defined for.
    #[error("{parameter} = {value} is not possible for the {loss} loss: it must be {allowed}")]
    OutOfRange {
        /// The loss that was asked for.
        loss: LossKind,
        /// The parameter's name in [`LossConfig`](crate::LossConfig).
        parameter: &'static str,
        /// The value given.
        value: f64,
        /// The values the parameter may take, in words.
        allowed: &'static str,
    },
    /// A name is none of those known.
    #[error("there is no {what} \"{given}\": use one of {allowed}")]
    UnknownName {
        /// What the name should have named.
        what: &'static str,
        /// The name given.
        given: String,
        /// The names known, separated by commas.
        allowed: String,
    },
    /// A cross-batch memory was asked for with a loss that does not compare samples with each other.
    #[error(
        "the loss does not compare samples with each other: it has no use for a cross-batch memory"
    )]
    NoPairs,
    /// A cross-batch memory that could hold nothing was asked for.
    #[error("a cross-batch memory must hold at least 1 embedding")]
    NoCapacity,
    /// A saved memory does not hold as many finite numbers as its labels need.
    #[error(
        "the saved memory is broken: {labels} labels of {dim} numbers each, but {numbers} numbers, or some not finite"
    )]
    BrokenMemory {
        /// The number of labels.
        labels: usize,
        /// The length of an embedding.
        dim: usize,
        /// The number of numbers.
        numbers: usize,
    },
    /// There is not one label to each embedding.
    #[error("{labels} labels for {embeddings} embeddings: one is needed for each")]
    LabelCount {
        /// The number of labels.
        labels: usize,
        /// The number of embeddings.
        embeddings: usize,
    },
}

/// Lets `value` through where `is_allowed` holds for it, else says which values are `allowed`.
pub(crate) fn in_range(
    loss: LossKind,
    parameter: &'static str,
    value: f64,
    is_allowed: bool,
    allowed: &'static str,
) -> Result<(), LossError> {
    if value.is_finite() && is_allowed {
        Ok(())
    } else {
        Err(LossError::OutOfRange {
            loss,
            parameter,
            value,
            allowed,
        })
    }
}

/// A margin on distances: a finite number of at least 0.
pub(crate) fn distance_margin(loss: LossKind, margin: f64) -> Result<(), LossError> {
    in_range(
        loss,
        "margin",
        margin,
        margin >= 0.0,
        "a finite number of at least 0",
    )
}

/// A margin on cosines, which are from −1 to 1: from 0 to 2.
pub(crate) fn cosine_margin(loss: LossKind, margin: f64) -> Result<(), LossError> {
    let is_allowed = (0.0..=2.0).contains(&margin);
    in_range(loss, "margin", margin, is_allowed, "from 0 to 2")
}

/// A factor or divisor of similarities, in the range in which their exponentials can be told apart in `f32`.
pub(crate) fn scale(loss: LossKind, parameter: &'static str, scale: f64) -> Result<(), LossError> {
    let is_allowed = (1e-4..=1e4).contains(&scale);
    in_range(loss, parameter, scale, is_allowed, "from 0.0001 to 10000")
}
