//! Verification: whether the distance of two samples tells that they share a label.

pub(crate) mod cell_counts;
pub(crate) mod histogram;
pub(crate) mod metrics;
pub(crate) mod pair_counts;
pub(crate) mod pair_sampling;
pub(crate) mod per_class;
pub(crate) mod positive_distances;
pub(crate) mod roc;
pub(crate) mod roc_thinning;
