//! What a file of embeddings holds, by the names of its parts.

use super::array::Array;

pub(super) const EMBEDDINGS: &str = "embeddings";
pub(super) const LABELS: &str = "labels";
pub(super) const PATHS: &str = "paths";
pub(super) const CLASS_NAMES: &str = "class_names";

/// What a file holds, unchecked.
pub(super) struct Contents<'a> {
    pub(super) embeddings: Array<'a>,
    pub(super) labels: Array<'a>,
    pub(super) paths: Option<Vec<String>>,
    pub(super) class_names: Option<Vec<String>>,
}
