//! The crate's behaviour from outside: single drawings, and whole sets on disk.

mod dataset;
mod drawing;
