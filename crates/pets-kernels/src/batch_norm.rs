//! Batch normalisation with the statistics of the batch.

use burn::tensor::Tensor;
use burn::tensor::module::batch_norm_train;

use crate::activation::Activation;
use crate::batch_norm_output::BatchNormOutput;
use crate::cpu::BatchNormShape;
use crate::placement::Placement;
use crate::{flex, flex_autodiff};

/// `activation((x - mean) / sqrt(variance + epsilon) · gamma + beta + residual)`, with mean and variance of each channel
/// of this batch.
///
/// # Shapes
///
/// - `x`, `residual`, output: `[batch, channels, height, width]`
/// - `gamma`, `beta`: `[channels]`
///
/// # Panics
///
/// Where shapes do not fit each other.
pub fn batch_norm(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    residual: Option<Tensor<4>>,
    epsilon: f64,
    activation: Activation,
) -> BatchNormOutput {
    let [_, channels, _, _] = x.dims();
    assert_eq!(
        [gamma.dims(), beta.dims()],
        [[channels]; 2],
        "gamma and beta must have one number for each of the {channels} channels"
    );
    let mut placement = Placement::of(&x).and(&gamma).and(&beta);
    if let Some(residual) = &residual {
        assert_eq!(
            x.dims(),
            residual.dims(),
            "the residual must have the input's shape"
        );
        placement = placement.and(residual);
    }
    if x.dims().contains(&0) {
        placement = Placement::Elsewhere;
    }
    let shape = BatchNormShape::new(x.dims(), epsilon, activation);
    match placement {
        Placement::Flex => flex::batch_norm(x, gamma, beta, residual, shape),
        Placement::FlexAutodiff => flex_autodiff::batch_norm(x, gamma, beta, residual, shape),
        Placement::Elsewhere => {
            let normalized = batch_norm_train(x, gamma, beta, epsilon);
            let output = match residual {
                Some(residual) => normalized.output + residual,
                None => normalized.output,
            };
            BatchNormOutput {
                output: activation.forward(output),
                mean: normalized.mean.detach(),
                variance: normalized.variance.detach(),
            }
        }
    }
}
