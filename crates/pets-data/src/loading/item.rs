//! What a loader reads: a file and its label.

use std::path::PathBuf;

/// An image file and the label it is to have in a batch.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Item {
    /// The image file.
    pub path: PathBuf,
    /// The label.
    pub label: usize,
}
