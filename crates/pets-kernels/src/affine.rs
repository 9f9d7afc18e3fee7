//! What follows a convolution in evaluation.

use burn::tensor::Tensor;

use crate::activation::Activation;

/// What follows a convolution in evaluation: `activation(scale · conv(x) + shift + residual)`, which batch
/// normalisation with fixed statistics is.
#[derive(Debug, Clone)]
pub struct Affine {
    /// A factor for each output channel, `[channels_out]`.
    pub scale: Tensor<1>,
    /// A summand for each output channel, `[channels_out]`.
    pub shift: Tensor<1>,
    /// Added before the activation, of the output's shape.
    pub residual: Option<Tensor<4>>,
    /// What closes the layer.
    pub activation: Activation,
}
