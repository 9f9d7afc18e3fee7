//! Embeddings of many images.

use std::fmt;
use std::str::FromStr;

use burn::tensor::Tensor;
use pets_data::{Loader, Sampler};
use pets_model::EmbeddingModel;

use crate::error::TrainError;
use crate::names;

/// Which vector stands for an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Representation {
    /// `embedding`: the model's embedding.
    #[default]
    Embedding,
    /// `features`: the backbone's pooled features divided by their length, without the head: what the
    /// pretrained backbone knows before any training.
    Features,
}

impl Representation {
    /// Every representation.
    pub const ALL: [Self; 2] = [Self::Embedding, Self::Features];
}

impl fmt::Display for Representation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Embedding => "embedding",
            Self::Features => "features",
        })
    }
}

impl FromStr for Representation {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        names::find("representation", &Self::ALL, name)
    }
}

/// Embeds every image of `loader` in order; rows of length 1 behind one another.
///
/// `on_progress` is told how many images are done; returning `false` ends the work.
///
/// # Errors
///
/// [`TrainError::Data`] where a picture cannot be read, [`TrainError::Interrupted`] where
/// `on_progress` says so.
pub fn embed(
    model: &EmbeddingModel,
    loader: &Loader,
    representation: Representation,
    batch_size: usize,
    on_progress: &mut dyn FnMut(usize) -> bool,
) -> Result<Vec<f32>, TrainError> {
    let plan = Sampler::Sequential.epoch(&loader.labels(), batch_size, 0, 0)?;
    let mut rows = Vec::new();
    let mut done = 0;
    for batch in loader.batches(plan, 0, 0) {
        let batch = batch?;
        done += batch.indices.len();
        let vectors = match representation {
            Representation::Embedding => model.forward(batch.images),
            Representation::Features => model.normalized_features(batch.images),
        };
        rows.extend(to_rows(vectors));
        if !on_progress(done) {
            return Err(TrainError::Interrupted);
        }
    }
    Ok(rows)
}

/// `[n, dim]` as rows behind one another on the host.
pub(crate) fn to_rows(vectors: Tensor<2>) -> Vec<f32> {
    vectors.into_data().convert::<f32>().iter().collect()
}
