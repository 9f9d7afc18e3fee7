//! What batch normalisation computes.

use burn::tensor::Tensor;

/// What [`batch_norm`](crate::batch_norm) computes.
#[derive(Debug, Clone)]
pub struct BatchNormOutput {
    /// The normalised tensor, of the input's shape.
    pub output: Tensor<4>,
    /// Mean of each channel, `[channels]`, without gradient.
    pub mean: Tensor<1>,
    /// Variance of each channel, divided by the count, `[channels]`, without gradient.
    pub variance: Tensor<1>,
}
