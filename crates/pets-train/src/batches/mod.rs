//! What is trained on, and how it is put into batches.

pub(crate) mod batch_plan;
pub(crate) mod inputs;
pub(crate) mod training_data;
