//! The trainer and its loop, from the run down to the batch.

pub(crate) mod builder;
pub(crate) mod config;
mod epoch;
pub(crate) mod event;
mod nan_guard;
pub(crate) mod on_nan;
pub(crate) mod outcome;
mod run;
mod run_state;
mod training_loop;
mod validation;
