//! The projection head.

use burn::module::Module;
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

/// Width of the hidden layer.
pub(crate) const HIDDEN_DIM: usize = 512;

/// Linear(features, 512) → ReLU → Dropout → Linear(512, `embedding_size`).
#[derive(Module, Debug)]
pub struct ProjectionHead {
    fc1: Linear,
    dropout: Dropout,
    fc2: Linear,
}

impl ProjectionHead {
    pub(crate) fn new(
        feature_dim: usize,
        embedding_size: usize,
        dropout_rate: f64,
        device: &Device,
    ) -> Self {
        Self {
            fc1: LinearConfig::new(feature_dim, HIDDEN_DIM).init(device),
            dropout: DropoutConfig::new(dropout_rate).init(),
            fc2: LinearConfig::new(HIDDEN_DIM, embedding_size).init(device),
        }
    }

    /// # Shapes
    ///
    /// - `features`: `[batch, feature_dim]`
    /// - output: `[batch, embedding_size]`, not normalised
    pub fn forward(&self, features: Tensor<2>) -> Tensor<2> {
        self.fc2
            .forward(self.dropout.forward(relu(self.fc1.forward(features))))
    }
}
