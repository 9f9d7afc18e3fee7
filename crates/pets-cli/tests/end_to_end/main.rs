//! The program `pets` from end to end, on pets that it draws itself.

mod bad_pictures;
#[path = "../../../pets-viz/tests/report_page/browser.rs"]
#[expect(dead_code, reason = "the tests of pets-viz use all of it")]
mod browser;
mod evaluation;
#[cfg(unix)]
mod full_disks;
#[cfg(unix)]
mod interruption;
#[cfg(feature = "ndarray")]
mod ndarray;
mod pages;
mod weights;
mod whole_job;
mod workplace;
