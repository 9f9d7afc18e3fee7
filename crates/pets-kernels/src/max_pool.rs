//! Max pooling.

use burn::tensor::Tensor;
use burn::tensor::module;
use burn::tensor::ops::MaxPoolOptions;

use crate::cpu::ConvShape;
use crate::placement::Placement;
use crate::{flex, flex_autodiff};

/// The largest number of each window; what lies outside of the input is smaller than all. The gradient goes to the first
/// of equals, and NaN is larger than all, as in PyTorch.
///
/// # Shapes
///
/// - `x`: `[batch, channels, height, width]`
/// - output: `[batch, channels, height_out, width_out]`, with
///   `height_out = (height + 2 · padding - kernel_height) / stride + 1`
///
/// # Panics
///
/// As Burn's `max_pool2d`: where the window does not fit the padded input.
pub fn max_pool2d(x: Tensor<4>, options: MaxPoolOptions<2>) -> Tensor<4> {
    let dims = x.dims();
    let shape = (takes(&options) && !dims.contains(&0)).then(|| {
        let [height, width] = options.kernel_size;
        let window = [dims[1], height, width];
        ConvShape::new(dims, window, options.stride, options.padding, true)
    });
    match (Placement::of(&x), shape) {
        (Placement::Flex, Some(shape)) => flex::tensor(flex::max_pool2d(
            &flex::contiguous(flex::primitive(x)),
            &shape,
        )),
        (Placement::FlexAutodiff, Some(shape)) => flex_autodiff::max_pool2d(x, shape),
        _ => module::max_pool2d(x, options),
    }
}

/// Whether every window holds a pixel, and neither dilation nor rounding up is asked for.
fn takes(options: &MaxPoolOptions<2>) -> bool {
    let holds_pixel = |axis: usize| {
        let (before, after) = options.padding[axis];
        before.max(after) < options.kernel_size[axis]
    };
    options.dilation == [1, 1] && !options.ceil_mode && holds_pixel(0) && holds_pixel(1)
}
