//! Sheets of pictures: what a search found, where a model looks.

pub(crate) mod gradcam;
pub(crate) mod pointing;
pub(crate) mod retrieval;
pub(crate) mod tile;
