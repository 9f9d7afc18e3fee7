//! The crate's behaviour from outside: runs on small random pictures, schedules, damaged files.

mod checkpoints;
mod fuzz;
mod names;
mod nan_guard;
mod place;
mod resumption;
mod schedules;
mod settings;
