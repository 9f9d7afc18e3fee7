//! Gradient-weighted class activation maps of an embedding's similarity to a target.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::activation::relu;

use crate::embedding_model::EmbeddingModel;

/// Which parts of a picture speak for its similarity to a target embedding.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivationMap {
    /// Row-major values in `[0, 1]`, the largest of them 1; all zero where nothing speaks for it.
    pub values: Vec<f32>,
    /// Rows of the map.
    pub height: usize,
    /// Columns of the map.
    pub width: usize,
    /// Cosine similarity of the picture's embedding to the target.
    pub similarity: f32,
}

impl EmbeddingModel {
    /// Grad-CAM (Selvaraju et al., ICCV 2017) of one picture.
    ///
    /// The score is the cosine similarity of the embedding to `target`: a class prototype, or the
    /// embedding of another picture. With `A` the activation after stage `stage` and
    /// `w_c = mean over positions of d score / d A_c`, the map is `relu(sum_c w_c A_c)`, divided
    /// by its maximum.
    ///
    /// # Shapes
    ///
    /// - `image`: `[1, 3, height, width]`, on a device without autodiff
    /// - `target`: `[1, embedding_size]`, a row of length 1 on the same device
    pub fn grad_cam(&self, image: Tensor<4>, target: Tensor<2>, stage: usize) -> ActivationMap {
        let model = self.valid();
        let split = stage + 1;
        let activation = model.backbone.forward_stages(image, 0..split);

        let tracked = activation.clone().autodiff().require_grad();
        let embedding = model.forward_from(tracked.clone(), split);
        let score = (embedding * target.autodiff()).sum();
        let gradients = score.backward();
        let similarity = score.into_scalar::<f32>();
        let gradient = tracked
            .grad(&gradients)
            .unwrap_or_else(|| activation.zeros_like());

        let weights = gradient.mean_dim(2).mean_dim(3);
        let map = relu((activation * weights).sum_dim(1));
        let [_, _, height, width] = map.dims();
        let values = normalize_to_max(map.into_data().convert::<f32>().iter().collect());
        ActivationMap {
            values,
            height,
            width,
            similarity,
        }
    }
}

fn normalize_to_max(mut values: Vec<f32>) -> Vec<f32> {
    let max = values.iter().copied().fold(0.0, f32::max);
    if max > 0.0 {
        for value in &mut values {
            *value /= max;
        }
    }
    values
}
