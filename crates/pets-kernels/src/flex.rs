//! The operations on tensors of the flex device.

use burn::backend::Flex;
use burn::backend::flex::FlexTensor;
use burn::tensor::{Tensor, TensorData};

use crate::affine::Affine;
use crate::batch_norm_output::BatchNormOutput;
use crate::cpu::{self, AdamFactors, BatchNormShape, ConvShape};

/// The tensor inside; its placement must have been found to be [`Placement::Flex`](crate::placement::Placement).
pub(crate) fn primitive<const D: usize>(tensor: Tensor<D>) -> FlexTensor {
    tensor
        .try_into_primitive::<Flex>()
        .expect("the tensor's placement is the flex device")
}

pub(crate) fn tensor<const D: usize>(primitive: FlexTensor) -> Tensor<D> {
    Tensor::from_primitive::<Flex>(primitive)
}

/// The tensor in row-major order from its first element on.
pub(crate) fn contiguous(tensor: FlexTensor) -> FlexTensor {
    let contiguous = tensor.to_contiguous();
    drop(tensor);
    contiguous
}

/// The numbers of a tensor that [`contiguous`] has passed.
pub(crate) fn values(tensor: &FlexTensor) -> &[f32] {
    tensor
        .as_slice()
        .expect("the tensor is contiguous and of f32")
}

/// The numbers of a tensor that [`contiguous`] has passed, to be changed; copied where another tensor shares them.
fn values_mut(tensor: &mut FlexTensor) -> &mut [f32] {
    let offsets = tensor.layout().contiguous_offsets();
    let (start, end) = offsets.expect("the tensor is contiguous");
    &mut tensor.storage_mut()[start..end]
}

pub(crate) fn from_values<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

/// A dense convolution, or a depthwise one where the weights are `[channels, 1, ..]` of several channels.
pub(crate) fn conv2d(
    x: &FlexTensor,
    weight: &FlexTensor,
    shape: &ConvShape,
    affine: Option<Affine>,
) -> FlexTensor {
    let affine = affine.map(|affine| {
        let [scale, shift] =
            [affine.scale, affine.shift].map(|tensor| contiguous(primitive(tensor)));
        let residual = affine.residual.map(|tensor| contiguous(primitive(tensor)));
        (scale, shift, residual, affine.activation)
    });
    let affine = affine
        .as_ref()
        .map(|(scale, shift, residual, activation)| cpu::Affine {
            scale: values(scale),
            shift: values(shift),
            residual: residual.as_ref().map(values),
            activation: *activation,
        });
    let convolve = if shape.depthwise {
        cpu::depthwise_conv2d
    } else {
        cpu::conv2d
    };
    let out = convolve(values(x), values(weight), shape, affine);
    let [height, width] = shape.output;
    from_values(out, [shape.batch, shape.channels_out, height, width])
}

/// Max pooling of the windows that `shape` describes.
pub(crate) fn max_pool2d(x: &FlexTensor, shape: &ConvShape) -> FlexTensor {
    let [height, width] = shape.output;
    from_values(
        cpu::max_pool2d(values(x), shape),
        [shape.batch, shape.channels_out, height, width],
    )
}

pub(crate) fn batch_norm(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    residual: Option<Tensor<4>>,
    shape: BatchNormShape,
) -> BatchNormOutput {
    let dims = x.dims();
    let channels = shape.channels;
    let x = contiguous(primitive(x));
    let [gamma, beta] = [gamma, beta].map(|tensor| contiguous(primitive(tensor)));
    let residual = residual.map(|tensor| contiguous(primitive(tensor)));
    let normalized = shape.forward(
        values(&x),
        values(&gamma),
        values(&beta),
        residual.as_ref().map(values),
    );
    BatchNormOutput {
        output: tensor(from_values(normalized.out, dims)),
        mean: tensor(from_values(normalized.mean, [channels])),
        variance: tensor(from_values(normalized.variance, [channels])),
    }
}

pub(crate) fn adam<const D: usize>(
    factors: AdamFactors,
    weights: Tensor<D>,
    gradient: Tensor<D>,
    moments: [Tensor<D>; 2],
) -> (Tensor<D>, [Tensor<D>; 2]) {
    let [mut weights, gradient] = [weights, gradient].map(|tensor| contiguous(primitive(tensor)));
    let [mut first, mut second] = moments.map(|tensor| contiguous(primitive(tensor)));
    cpu::adam(
        factors,
        values_mut(&mut weights),
        values(&gradient),
        [values_mut(&mut first), values_mut(&mut second)],
    );
    (tensor(weights), [first, second].map(tensor))
}
