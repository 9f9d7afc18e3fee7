//! A convolution with the batch norm, residual and activation that follow it.

use burn::module::RunningState;
use burn::nn::conv::Conv2d;
use burn::nn::{BatchNorm, PaddingConfig2d};
use burn::tensor::Tensor;
use pets_kernels::{Activation, Affine, Convolution, Padding, batch_norm, conv2d, conv2d_affine};

/// `activation(norm(conv(x)) + residual)`, in as few passes as the device allows.
///
/// The norm takes the statistics of the batch in training, and the running ones otherwise; with those it is a factor and
/// a summand for each channel, which the convolution takes in.
///
/// # Shapes
///
/// - `x`: `[batch, channels_in, height, width]`
/// - `residual`, output: `[batch, channels_out, height_out, width_out]`
pub(crate) fn conv_norm(
    conv: &Conv2d,
    norm: &BatchNorm,
    x: Tensor<4>,
    residual: Option<Tensor<4>>,
    activation: Activation,
) -> Tensor<4> {
    let convolution = convolution(conv, &x);
    if x.device().is_autodiff() && norm.training.is_enabled() {
        let x = conv2d(x, conv.weight.val(), convolution);
        return normalize_batch(norm, x, residual, activation);
    }
    let device = x.device();
    let mean = norm.running_mean.value().to_device(&device);
    let variance = norm.running_var.value().to_device(&device);
    let scale = norm.gamma.val() / (variance + norm.epsilon).sqrt();
    let shift = norm.beta.val() - mean * scale.clone();
    let affine = Affine {
        scale,
        shift,
        residual,
        activation,
    };
    conv2d_affine(x, conv.weight.val(), convolution, affine)
}

/// Batch norm that takes the statistics of the batch, and keeps PyTorch's running ones.
///
/// Burn's own layer adds the variance of the batch, divided by `n`, to the running variance; PyTorch, and this function,
/// the unbiased one, divided by `n - 1`.
fn normalize_batch(
    layer: &BatchNorm,
    x: Tensor<4>,
    residual: Option<Tensor<4>>,
    activation: Activation,
) -> Tensor<4> {
    let [batch, _, height, width] = x.dims();
    let count = (batch * height * width) as f64;
    let (gamma, beta) = (layer.gamma.val(), layer.beta.val());
    let normalized = batch_norm(x, gamma, beta, residual, layer.epsilon, activation);

    let unbiased = count / (count - 1.0).max(1.0);
    move_towards(&layer.running_mean, normalized.mean, layer.momentum);
    move_towards(
        &layer.running_var,
        normalized.variance * unbiased,
        layer.momentum,
    );
    normalized.output
}

/// `state ← (1 − momentum) · state + momentum · value`
fn move_towards(state: &RunningState<Tensor<1>>, value: Tensor<1>, momentum: f64) {
    let moved = state.value_sync() * (1.0 - momentum) + value.detach() * momentum;
    state.update(moved.detach());
    // An update waits for the next reading in training; a model that is saved before that must have it, too.
    state.value_sync();
}

fn convolution(conv: &Conv2d, x: &Tensor<4>) -> Convolution {
    let [_, _, height, width] = x.dims();
    Convolution {
        stride: conv.stride,
        padding: padding(conv, [height, width]),
        groups: conv.groups,
    }
}

fn padding(conv: &Conv2d, input: [usize; 2]) -> Padding {
    match conv.padding {
        PaddingConfig2d::Valid => [(0, 0); 2],
        PaddingConfig2d::Explicit(top, left, bottom, right) => [(top, bottom), (left, right)],
        PaddingConfig2d::Same => [0, 1].map(|axis| {
            let steps = input[axis].div_ceil(conv.stride[axis]).saturating_sub(1);
            let covered = steps * conv.stride[axis] + conv.kernel_size[axis];
            let total = covered.saturating_sub(input[axis]);
            (total / 2, total - total / 2)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::nn::conv::Conv2dConfig;
    use burn::tensor::Device;

    #[test]
    fn every_padding_is_burns() {
        let device = Device::flex();
        let x = Tensor::random([1, 2, 8, 7], burn::tensor::Distribution::Default, &device);
        for padding in [
            PaddingConfig2d::Valid,
            PaddingConfig2d::Same,
            PaddingConfig2d::Explicit(0, 1, 2, 3),
        ] {
            for stride in 1..4 {
                let conv = Conv2dConfig::new([2, 3], [3, 5])
                    .with_padding(padding.clone())
                    .with_stride([stride, stride])
                    .with_bias(false)
                    .init(&device);
                let ours = conv2d(x.clone(), conv.weight.val(), convolution(&conv, &x));
                let difference = (ours - conv.forward(x.clone())).abs().max();
                assert!(
                    difference.into_scalar::<f32>() < 1e-5,
                    "{padding:?} {stride}"
                );
            }
        }
    }
}
