use crate::LossKind;

/// What can be wrong with the description of a loss.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
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
}

/// Lets `value` through where `is_allowed` holds for it, else says which values are `allowed`.
pub(crate) fn in_range(
    loss: LossKind,
    parameter: &'static str,
    value: f64,
    is_allowed: bool,
    allowed: &'static str,
) -> Result<f64, LossError> {
    if value.is_finite() && is_allowed {
        Ok(value)
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
pub(crate) fn distance_margin(loss: LossKind, margin: f64) -> Result<f64, LossError> {
    in_range(
        loss,
        "margin",
        margin,
        margin >= 0.0,
        "a finite number of at least 0",
    )
}
