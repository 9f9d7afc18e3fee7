//! From the settings to what the library takes.

mod dataset;
mod evaluation;
mod report;
mod training;
