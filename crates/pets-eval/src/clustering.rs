//! Clustering: k-means, and how well its clusters agree with the labels.

pub(crate) mod k_means;
pub(crate) mod metrics;
pub(crate) mod mutual_information;
