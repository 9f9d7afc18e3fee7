//! What is shown on the terminal: tables, progress, words.

#[macro_use]
mod say;

pub(crate) mod figures_report;
pub(crate) mod progress;
pub(crate) mod table;
