//! What training changes.

use pets_model::EmbeddingModel;

/// A model and the loss that it is trained under, whose own parameters train with it.
pub(crate) struct Trainable<L> {
    pub(crate) model: EmbeddingModel,
    pub(crate) loss: L,
}
