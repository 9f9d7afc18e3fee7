//! The program `pets`: what it says, and what it does from end to end on pets that it draws itself.

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
mod pages;
mod weights;
mod whole_job;
mod workplace;
