//! A whole set in the layout of the dataset.

mod folder;
mod lists;
mod marker;
mod writer;

pub use writer::{DrawOutcome, draw_dataset};
