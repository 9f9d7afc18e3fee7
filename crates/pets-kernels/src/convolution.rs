//! Convolution.

use burn::tensor::Tensor;
use burn::tensor::module;
use burn::tensor::ops::ConvOptions;

use crate::affine::Affine;
use crate::cpu::ConvShape;
use crate::padding::Padding;
use crate::placement::Placement;
use crate::{flex, flex_autodiff};

/// How a kernel moves over its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution {
    /// Steps between the positions of the kernel, at least 1.
    pub stride: [usize; 2],
    /// Zeros around the input.
    pub padding: Padding,
    /// Number of groups of channels; 1 for a dense convolution, the number of channels for a depthwise one. Others are
    /// left to Burn.
    pub groups: usize,
}

impl Convolution {
    fn options(self) -> ConvOptions<2> {
        ConvOptions::new_with_padding(self.stride, self.padding, [1, 1], self.groups)
    }

    /// The sizes of a dense or depthwise convolution.
    fn shape(self, x: [usize; 4], weight: [usize; 4]) -> Option<ConvShape> {
        let [channels_out, channels_in, height, width] = weight;
        let fits = match self.groups {
            1 => channels_in == x[1],
            groups => groups == x[1] && groups == channels_out && channels_in == 1,
        };
        let empty = x.contains(&0) || weight.contains(&0);
        (fits && !empty).then(|| {
            let kernel = [channels_out, height, width];
            ConvShape::new(x, kernel, self.stride, self.padding, self.groups > 1)
        })
    }
}

/// A convolution without bias.
///
/// # Shapes
///
/// - `x`: `[batch, channels_in, height, width]`
/// - `weight`: `[channels_out, channels_in / groups, kernel_height, kernel_width]`
/// - output: `[batch, channels_out, height_out, width_out]`, with
///   `height_out = (before + height + after - kernel_height) / stride + 1`
///
/// # Panics
///
/// As Burn's `conv2d`: where shapes do not fit each other.
pub fn conv2d(x: Tensor<4>, weight: Tensor<4>, convolution: Convolution) -> Tensor<4> {
    let placement = Placement::of(&x).and(&weight);
    match (placement, convolution.shape(x.dims(), weight.dims())) {
        (Placement::Flex, Some(shape)) => {
            let [x, weight] = [x, weight].map(flex::primitive);
            flex::tensor(flex::conv2d(
                &flex::contiguous(x),
                &flex::contiguous(weight),
                &shape,
                None,
            ))
        }
        (Placement::FlexAutodiff, Some(shape)) => flex_autodiff::conv2d(x, weight, shape),
        _ => module::conv2d(x, weight, None, convolution.options()),
    }
}

/// A convolution without bias, and what follows it, in one pass on the flex device without autodiff.
///
/// # Shapes
///
/// As [`conv2d`].
///
/// # Panics
///
/// As [`conv2d`].
pub fn conv2d_affine(
    x: Tensor<4>,
    weight: Tensor<4>,
    convolution: Convolution,
    affine: Affine,
) -> Tensor<4> {
    let mut placement = Placement::of(&x)
        .and(&weight)
        .and(&affine.scale)
        .and(&affine.shift);
    if let Some(residual) = &affine.residual {
        placement = placement.and(residual);
    }
    let shape = convolution.shape(x.dims(), weight.dims());
    if let (Placement::Flex, Some(shape)) = (placement, shape) {
        let [x, weight] = [x, weight].map(|tensor| flex::contiguous(flex::primitive(tensor)));
        return flex::tensor(flex::conv2d(&x, &weight, &shape, Some(affine)));
    }
    let x = conv2d(x, weight, convolution);
    let [scale, shift] =
        [affine.scale, affine.shift].map(|channels| channels.reshape([1, -1, 1, 1]));
    let x = x * scale + shift;
    affine.activation.forward(match affine.residual {
        Some(residual) => x + residual,
        None => x,
    })
}
