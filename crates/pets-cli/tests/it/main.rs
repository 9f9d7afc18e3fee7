//! The program `pets`: what it says, and what it does from end to end on pets that it draws itself.

mod another_run;
mod bad_pictures;
#[cfg(unix)]
mod edited_runs;
mod evaluation;
mod foreign_models;
#[cfg(unix)]
mod full_disks;
mod generated_files;
#[cfg(unix)]
mod interruption;
mod messages;
#[cfg(feature = "ndarray")]
mod ndarray;
#[cfg(unix)]
mod odd_files;
#[cfg(unix)]
mod one_writer;
mod opened_again;
mod opened_models;
mod original_names;
#[cfg(unix)]
mod outputs;
mod pages;
mod program;
#[cfg(unix)]
mod signals;
mod weights;
mod whole_job;
mod workplace;
mod your_own_pictures;
