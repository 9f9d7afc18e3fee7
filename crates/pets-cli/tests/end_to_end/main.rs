//! The program `pets` from end to end, on pets that it draws itself.

mod bad_pictures;
mod evaluation;
#[cfg(unix)]
mod full_disks;
#[cfg(unix)]
mod interruption;
#[cfg(feature = "ndarray")]
mod ndarray;
mod weights;
mod whole_job;
mod workplace;
