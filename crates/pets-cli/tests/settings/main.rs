//! Settings of the program `pets`: where they come from, what becomes of wrong ones, and whose they are.

mod another_run;
mod opened_again;
mod original_names;
mod program;
#[path = "../end_to_end/workplace.rs"]
#[allow(dead_code, reason = "the end-to-end tests use all of it")]
mod workplace;
mod your_own_pictures;
