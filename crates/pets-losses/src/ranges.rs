//! The ranges of the losses' parameters.

use crate::error::LossError;
use crate::kind::LossKind;

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
