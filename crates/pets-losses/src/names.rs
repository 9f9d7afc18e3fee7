//! Choices by their names.

use std::fmt::Display;

use crate::error::LossError;

/// The element of `known` that displays as `given`.
pub(crate) fn find<T: Copy + Display>(
    what: &'static str,
    known: &[T],
    given: &str,
) -> Result<T, LossError> {
    known
        .iter()
        .copied()
        .find(|candidate| candidate.to_string() == given)
        .ok_or_else(|| LossError::UnknownName {
            what,
            given: given.to_owned(),
            allowed: known
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
        })
}
