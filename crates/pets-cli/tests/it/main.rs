//! The program `pets`: what it says, and what it does from end to end on pets that it draws itself.

mod another_run;
mod bad_pictures;
mod evaluation;
#[cfg(unix)]
mod full_disks;
mod generated_files;
#[cfg(unix)]
mod interruption;
mod messages;
#[cfg(feature = "ndarray")]
mod ndarray;
mod opened_again;
mod opened_models;
mod original_names;
mod pages;
mod program;
mod weights;
mod whole_job;
mod workplace;
mod your_own_pictures;
