//! What a file of embeddings holds, by the names of its parts.

pub(super) const EMBEDDINGS: &str = "embeddings";
pub(super) const LABELS: &str = "labels";
pub(super) const PATHS: &str = "paths";
pub(super) const CLASS_NAMES: &str = "class_names";

/// What a file holds, unchecked.
pub(super) struct Contents {
    pub(super) rows: Rows,
    pub(super) labels: Vec<u32>,
    pub(super) paths: Option<Vec<String>>,
    pub(super) class_names: Option<Vec<String>>,
}

/// Row-major values.
pub(super) struct Rows {
    pub(super) data: Vec<f32>,
    pub(super) dim: usize,
}
