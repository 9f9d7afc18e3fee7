//! Pictures from anywhere, shown to a judged model.

use std::path::Path;

use anyhow::Result;
use burn::tensor::{Tensor, TensorData};
use image::RgbImage;
use pets_data::{TransformBuffers, decode};
use pets_model::EmbeddingModel;
use pets_train::Representation;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::judged::Judged;

/// A picture and what it goes by.
pub(crate) struct NamedPicture {
    pub(crate) image: RgbImage,
    pub(crate) name: String,
}

impl NamedPicture {
    /// Reads a picture, which goes by the name of its file.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let stem = path.file_stem().unwrap_or_default();
        Ok(Self {
            image: decode(path)?,
            name: stem.to_string_lossy().into_owned(),
        })
    }
}

impl Judged {
    /// The model whose output the embeddings are: without its head where they are features.
    pub(crate) fn embedding_model(&self) -> EmbeddingModel {
        let mut model = self.candidate.model.clone();
        if self.candidate.embedder().representation == Representation::Features {
            model.head = None;
        }
        model
    }

    /// A picture as the model is fed it: `[1, 3, side, side]`.
    pub(crate) fn input_of(&self, picture: &RgbImage) -> Result<Tensor<4>> {
        let config = &self.candidate.config;
        let transform = config.eval_transform()?;
        let mut planes = vec![0.0; transform.output_len()];
        let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
        transform.apply(
            picture,
            &mut rng,
            &mut TransformBuffers::default(),
            &mut planes,
        )?;
        let side = transform.img_size() as usize;
        Ok(Tensor::from_data(
            TensorData::new(planes, [1, 3, side, side]),
            &self.candidate.materials.device,
        ))
    }

    /// The embedding of a picture: `[1, dim]`, of length 1.
    pub(crate) fn embedding_of(&self, picture: &RgbImage) -> Result<Tensor<2>> {
        Ok(self.embedding_model().forward(self.input_of(picture)?))
    }
}

/// The values of a row.
pub(crate) fn values(row: Tensor<2>) -> Vec<f32> {
    row.into_data().convert::<f32>().iter().collect()
}
