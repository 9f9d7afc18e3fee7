//! Retrieval: the gallery ranked for each query, its metrics, and the nearest rows themselves.

pub(crate) mod at_k;
pub(crate) mod failures;
pub(crate) mod metrics;
pub(crate) mod neighbors;
pub(crate) mod queries;
pub(crate) mod ranking;
pub(crate) mod smallest;
