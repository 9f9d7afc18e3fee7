//! The training loop, from the run down to the batch.

pub(crate) mod epoch;
pub(crate) mod nan_guard;
pub(crate) mod run;
mod run_state;
pub(crate) mod training_loop;
pub(crate) mod validation;
