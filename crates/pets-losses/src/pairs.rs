//! What losses of pairs are made of: the distances of a batch, and ways to make a loss of them.

pub(crate) mod anchor_terms;
pub(crate) mod chosen_pairs;
pub(crate) mod labelled_distances;
pub(crate) mod log_sum_exp;
pub(crate) mod mined_terms;
pub(crate) mod pair_loss;
pub(crate) mod pair_weights;
