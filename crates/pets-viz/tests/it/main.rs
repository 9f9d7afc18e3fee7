//! The crate's behaviour from outside: pictures, maps, and the report page in a browser.

mod pictures;
mod projections;
mod report_page;
