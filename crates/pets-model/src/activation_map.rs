//! Class activation maps of an embedding: which parts of a picture speak for a score.

use std::fmt;
use std::str::FromStr;

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::activation::relu;

use crate::embedding_model::EmbeddingModel;
use crate::error::ModelError;

/// A picture whose pixels differ by less than this, after normalisation, is the same everywhere.
const CONSTANT: f32 = 1e-3;

/// A map that makes up less of the score than this is the noise of rounding.
const NOISE: f32 = 1e-5;

/// Which parts of a picture speak for a score.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivationMap {
    /// Row-major values in `[0, 1]`, the largest of them 1; all zero where there is nothing to show.
    pub values: Vec<f32>,
    /// Rows of the map.
    pub height: usize,
    /// Columns of the map.
    pub width: usize,
    /// The score that is explained.
    pub score: f32,
}

impl ActivationMap {
    /// Whether no part of the picture speaks for the score more than another.
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(|value| *value == 0.0)
    }
}

/// The score that a map explains.
#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "one is made for a map, and none is kept"
)]
pub enum MapTarget {
    /// Cosine similarity of the embedding to a row of length 1, `[1, embedding_size]`, on the
    /// picture's device: a class prototype, or the embedding of another picture.
    Similarity(Tensor<2>),
    /// One value of the embedding, counted from 0.
    Dimension(usize),
}

/// How gradients weigh activations. `A` is the activation after the stage, `g = d score / d A`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MapMethod {
    /// Grad-CAM (Selvaraju et al., ICCV 2017): `relu(sum_c mean(g_c) A_c)`, with the mean over positions.
    #[default]
    GradCam,
    /// Layer-CAM (Jiang et al., TIP 2021): `relu(sum_c relu(g_c) A_c)`, each position by its own
    /// gradient, which keeps detail in early stages.
    LayerCam,
}

impl MapMethod {
    /// Every method.
    pub const ALL: [Self; 2] = [Self::GradCam, Self::LayerCam];
}

impl fmt::Display for MapMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GradCam => "grad-cam",
            Self::LayerCam => "layer-cam",
        })
    }
}

impl FromStr for MapMethod {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Self, ModelError> {
        Self::ALL
            .into_iter()
            .find(|method| method.to_string() == name)
            .ok_or_else(|| ModelError::UnknownName {
                what: "method of making activation maps",
                given: name.to_owned(),
                allowed: Self::ALL.map(|method| method.to_string()).join(", "),
            })
    }
}

impl EmbeddingModel {
    /// The map of one picture at stage `stage`, divided by its maximum.
    ///
    /// The sum over the map, before that division, is to first order how much of the score those
    /// parts make up. Where it is below 1e-5, or the picture is the same everywhere, so that only the
    /// padding of convolutions tells one place from another, the map is zero.
    ///
    /// # Shapes
    ///
    /// `image`: `[1, 3, height, width]`, on a device without autodiff
    ///
    /// # Panics
    ///
    /// Where the embedding has no value of the number that [`MapTarget::Dimension`] names.
    pub fn activation_map(
        &self,
        image: Tensor<4>,
        target: MapTarget,
        stage: usize,
        method: MapMethod,
    ) -> ActivationMap {
        let model = self.valid();
        let split = stage + 1;
        let constant = is_constant(&image);
        let activation = model.backbone.forward_stages(image, 0..split);

        let tracked = activation.clone().autodiff().require_grad();
        let embedding = model.forward_from(tracked.clone(), split);
        let score = match target {
            MapTarget::Similarity(row) => (embedding * row.autodiff()).sum(),
            MapTarget::Dimension(index) => embedding.narrow(1, index, 1).sum(),
        };
        let gradients = score.backward();
        let score = score.into_scalar::<f32>();
        let gradient = tracked
            .grad(&gradients)
            .unwrap_or_else(|| activation.zeros_like());

        let weights = match method {
            MapMethod::GradCam => gradient.mean_dim(2).mean_dim(3),
            MapMethod::LayerCam => relu(gradient),
        };
        let map = relu((activation * weights).sum_dim(1));
        let [_, _, height, width] = map.dims();
        let mut values: Vec<f32> = map.into_data().convert::<f32>().iter().collect();
        if constant {
            values.fill(0.0);
        }
        divide_by_maximum(&mut values);
        ActivationMap {
            values,
            height,
            width,
            score,
        }
    }
}

fn is_constant(image: &Tensor<4>) -> bool {
    let flat = image.clone().flatten::<3>(2, 3);
    let range = flat.clone().max_dim(2) - flat.min_dim(2);
    range.max().into_scalar::<f32>() < CONSTANT
}

fn divide_by_maximum(values: &mut [f32]) {
    let noise = values.iter().sum::<f32>() < NOISE;
    let max = values.iter().copied().fold(0.0, f32::max);
    for value in values {
        *value = if noise { 0.0 } else { *value / max };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_value_becomes_one_unless_all_is_noise() {
        let mut values = [0.0, 0.1, 0.4];
        divide_by_maximum(&mut values);
        assert!(values.iter().eq(&[0.0, 0.25, 1.0]), "{values:?}");
        let mut values = [0.0, 1e-7, 3e-7];
        divide_by_maximum(&mut values);
        assert!(values.iter().eq(&[0.0; 3]), "{values:?}");
    }
}
