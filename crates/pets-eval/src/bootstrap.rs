//! Bootstrap over the samples or the queries: intervals of metrics, and comparisons of two models.

pub(crate) mod auc;
pub(crate) mod resampled_pairs;
pub(crate) mod resampling;
pub(crate) mod retrieval;
