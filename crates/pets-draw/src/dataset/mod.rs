//! A whole set in the layout of the dataset.

mod drawn_names;
mod folder;
mod lists;
mod marker;
mod output;
mod writer;

pub use folder::is_unfinished;
pub use writer::{DrawOutcome, draw_dataset};
