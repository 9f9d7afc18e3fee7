//! What is shown on the terminal: tables, progress, words.

#[macro_use]
pub(crate) mod say;
#[macro_use]
pub(crate) mod stdout;

pub(crate) mod harmless;
pub(crate) mod metrics_tables;
pub(crate) mod progress;
pub(crate) mod table;
pub(crate) mod terminal_observer;
