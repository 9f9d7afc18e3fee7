//! Classification by distance: k nearest neighbours and few-shot episodes.

pub(crate) mod confusion;
pub(crate) mod few_shot;
pub(crate) mod knn;
