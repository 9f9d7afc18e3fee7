//! What is trained on, and how it is put into batches.

pub(crate) mod activations;
pub(crate) mod batch_plan;
pub(crate) mod batch_planner;
pub(crate) mod inputs;
pub(crate) mod training_data;
