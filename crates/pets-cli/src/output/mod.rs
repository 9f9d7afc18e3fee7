//! What is shown on the terminal: tables, progress, words.

#[macro_use]
mod say;

pub(crate) mod metrics_tables;
pub(crate) mod progress;
pub(crate) mod table;
pub(crate) mod terminal_observer;
