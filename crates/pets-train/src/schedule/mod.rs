//! Learning-rate schedules.

pub(crate) mod kind;
pub(crate) mod learning_rate;
pub(crate) mod shape;
