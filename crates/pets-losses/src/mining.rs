//! Mining: which triplets and pairs of a batch, or of a whole set, are worth learning from.

pub(crate) mod anchor_pairs;
pub(crate) mod batch_mining;
pub(crate) mod distance_weighting;
pub(crate) mod hard_negatives;
pub(crate) mod margin_miner;
pub(crate) mod pair_miner;
pub(crate) mod triplet_miner;
pub(crate) mod triplet_search;
pub(crate) mod triplet_sum;
