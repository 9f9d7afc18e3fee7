//! Checks of what comes in, shared by all pictures.

use crate::VizError;

pub(crate) fn not_empty<T>(what: &'static str, values: &[T]) -> Result<(), VizError> {
    if values.is_empty() {
        Err(VizError::Empty { what })
    } else {
        Ok(())
    }
}

pub(crate) fn same_length(what: &'static str, expected: usize, got: usize) -> Result<(), VizError> {
    if expected == got {
        Ok(())
    } else {
        Err(VizError::LengthMismatch {
            what,
            expected,
            got,
        })
    }
}

pub(crate) fn finite(
    what: &'static str,
    values: impl IntoIterator<Item = f64>,
) -> Result<(), VizError> {
    match values.into_iter().position(|value| !value.is_finite()) {
        Some(index) => Err(VizError::NotFinite { what, index }),
        None => Ok(()),
    }
}

/// Every value is finite and within 0 and 1.
pub(crate) fn shares(
    what: &'static str,
    values: impl IntoIterator<Item = f64> + Clone,
) -> Result<(), VizError> {
    finite(what, values.clone())?;
    match values
        .into_iter()
        .find(|value| !(0.0..=1.0).contains(value))
    {
        Some(value) => Err(VizError::InvalidValue {
            name: what,
            value: value.to_string(),
            allowed: "0 to 1".into(),
        }),
        None => Ok(()),
    }
}
