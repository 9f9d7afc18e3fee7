//! Mining: which triplets and pairs of a batch, or of a whole set, are worth learning from.

pub(crate) mod batch_mining;
pub(crate) mod distance_weighting;
pub(crate) mod hard_negatives;
pub(crate) mod informative_pairs;
pub(crate) mod reduced_triplets;
