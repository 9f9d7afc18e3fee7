//! Pictures of a run, and the page about it.

mod album;
mod distances;
mod page;
mod retrieval_sheets;

pub use album::{ReportConfig, draw_report};
pub use page::{RunSettings, run_history, run_summary};
pub use retrieval_sheets::{Gallery, query_sheet};
