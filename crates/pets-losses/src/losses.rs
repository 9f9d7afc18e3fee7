//! The losses, a file each: the parameters with their defaults, and the loss with its formula.

pub(crate) mod arcface;
pub(crate) mod circle;
pub(crate) mod contrastive;
pub(crate) mod cosface;
pub(crate) mod lifted_structure;
pub(crate) mod mined_pair_loss;
pub(crate) mod mined_triplet_loss;
pub(crate) mod multi_similarity;
pub(crate) mod normalized_softmax;
pub(crate) mod proxy_anchor;
pub(crate) mod supcon;
pub(crate) mod triplet;
