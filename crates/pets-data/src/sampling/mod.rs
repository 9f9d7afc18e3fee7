//! Which pictures make a batch.

pub(crate) mod class_decks;
pub(crate) mod deck;
pub(crate) mod hard_negative_sampler;
pub(crate) mod sampler;
