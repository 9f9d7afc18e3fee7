//! Learning-rate schedules.

pub(crate) mod learning_rate;
