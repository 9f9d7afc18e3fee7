//! Names of choices, as they stand in a configuration.

use std::fmt::Display;

use crate::error::VizError;

/// The element of `known` that displays as `given`.
pub(crate) fn find<T: Copy + Display>(
    what: &'static str,
    known: &[T],
    given: &str,
) -> Result<T, VizError> {
    known
        .iter()
        .copied()
        .find(|candidate| candidate.to_string() == given)
        .ok_or_else(|| VizError::UnknownName {
            what,
            given: given.to_owned(),
            allowed: known
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
        })
}
