//! Names of choices, as they stand in a configuration.

use std::fmt::Display;

use crate::error::TrainError;

/// The element of `known` that displays as `given`.
pub(crate) fn find<T: Copy + Display>(
    what: &'static str,
    known: &[T],
    given: &str,
) -> Result<T, TrainError> {
    known
        .iter()
        .copied()
        .find(|candidate| candidate.to_string() == given)
        .ok_or_else(|| TrainError::UnknownName {
            what,
            given: given.to_owned(),
            allowed: known
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
        })
}
