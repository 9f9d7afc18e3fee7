//! What can be wrong with the description of a loss, or with data handed to this crate.

use crate::kind::LossKind;
use crate::names::UnknownName;

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
    #[error(transparent)]
    UnknownName(#[from] UnknownName),
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
