//! Convolutions, their gradients, and what is fused with them.

use burn::tensor::Tensor;
use pets_kernels::{Activation, Affine, Convolution, Padding, conv2d, conv2d_affine};
use proptest::prelude::*;

use crate::errors::{Computed, Sums};
use crate::tensors::{ACTIVATIONS, Drawing, exact_values, values};

/// Sizes of a convolution to try.
#[derive(Debug, Clone, Copy)]
struct Case {
    x: [usize; 4],
    channels_out: usize,
    kernel: [usize; 2],
    convolution: Convolution,
}

fn dense(
    x: [usize; 4],
    channels_out: usize,
    kernel: usize,
    stride: usize,
    padding: Padding,
) -> Case {
    Case {
        x,
        channels_out,
        kernel: [kernel; 2],
        convolution: Convolution {
            stride: [stride; 2],
            padding,
            groups: 1,
        },
    }
}

fn depthwise(x: [usize; 4], kernel: usize, stride: usize, padding: Padding) -> Case {
    let mut case = dense(x, x[1], kernel, stride, padding);
    case.convolution.groups = x[1];
    case
}

pub(crate) fn around(padding: usize) -> Padding {
    [(padding, padding); 2]
}

/// TensorFlow's `SAME` for an even size and stride 2 has its odd zero behind.
const BEHIND: Padding = [(0, 1); 2];

impl Case {
    fn weight_dims(&self) -> [usize; 4] {
        let [height, width] = self.kernel;
        let channels_in = self.x[1] / self.convolution.groups;
        [self.channels_out, channels_in, height, width]
    }

    fn output_dims(&self) -> [usize; 4] {
        let [batch, _, height, width] = self.x;
        let [height, width] = [(height, 0), (width, 1)].map(|(size, axis)| {
            let (before, after) = self.convolution.padding[axis];
            (before + size + after - self.kernel[axis]) / self.convolution.stride[axis] + 1
        });
        [batch, self.channels_out, height, width]
    }

    /// Calls `product` with the positions in input, weight and output of each product of the definition.
    fn products(&self, mut product: impl FnMut(usize, usize, usize)) {
        let [_, channels_in, height, width] = self.x;
        let [channels_out, group, kernel_height, kernel_width] = self.weight_dims();
        let [batch, _, height_out, width_out] = self.output_dims();
        let Convolution {
            stride,
            padding: [(above, _), (before, _)],
            groups,
        } = self.convolution;
        for image in 0..batch {
            for channel_out in 0..channels_out {
                let first_in = channel_out / (channels_out / groups) * group;
                for (row, column) in pairs(height_out, width_out) {
                    let out = ((image * channels_out + channel_out) * height_out + row) * width_out
                        + column;
                    for (channel, (y, x)) in (0..group).flat_map(|channel| {
                        pairs(kernel_height, kernel_width).map(move |tap| (channel, tap))
                    }) {
                        let from_row = (row * stride[0] + y).checked_sub(above);
                        let from_column = (column * stride[1] + x).checked_sub(before);
                        let (Some(from_row), Some(from_column)) = (from_row, from_column) else {
                            continue;
                        };
                        if from_row < height && from_column < width {
                            let plane = image * channels_in + first_in + channel;
                            let weight = (channel_out * group + channel) * kernel_height + y;
                            product(
                                (plane * height + from_row) * width + from_column,
                                weight * kernel_width + x,
                                out,
                            );
                        }
                    }
                }
            }
        }
    }

    /// Output, gradient of the input and of the weight.
    const fn computed(&self) -> [Computed; 3] {
        if self.convolution.groups > 1 {
            [
                Computed::Depthwise,
                Computed::DepthwiseInputGradient,
                Computed::DepthwiseWeightGradient,
            ]
        } else if self.may_be_winograds() {
            [
                Computed::Winograd,
                Computed::WinogradInputGradient,
                Computed::WinogradWeightGradient,
            ]
        } else {
            [
                Computed::Convolution,
                Computed::ConvolutionInputGradient,
                Computed::ConvolutionWeightGradient,
            ]
        }
    }

    /// With enough channels and pixels Winograd's filtering computes it.
    const fn may_be_winograds(&self) -> bool {
        matches!(self.kernel, [3, 3])
            && matches!(self.convolution.stride, [1, 1])
            && self.x[1] >= 16
            && self.channels_out >= 16
    }
}

fn pairs(rows: usize, columns: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..rows).flat_map(move |row| (0..columns).map(move |column| (row, column)))
}

fn check_convolution(case: &Case, seed: u64) {
    let mut drawing = Drawing::new(seed);
    let [x, weight, upstream] =
        [case.x, case.weight_dims(), case.output_dims()].map(|dims| drawing.tensor(dims));
    let [xs, weights, upstreams] = [&x, &weight, &upstream].map(exact_values);
    let mut output = Sums::zeros(upstreams.len());
    let mut x_gradient = Sums::zeros(xs.len());
    let mut weight_gradient = Sums::zeros(weights.len());
    case.products(|x, weight, out| {
        output.add(out, xs[x] * weights[weight]);
        x_gradient.add(x, upstreams[out] * weights[weight]);
        weight_gradient.add(weight, upstreams[out] * xs[x]);
    });

    let what = format!("{case:?}");
    let [of_output, of_x, of_weight] = case.computed();
    let found = conv2d(x.clone(), weight.clone(), case.convolution);
    assert_eq!(found.dims(), case.output_dims(), "{what}");
    output.assert_close(of_output, &values(&found), &what);

    let [x, weight] = [x, weight].map(|tensor| tensor.autodiff().require_grad());
    let found = conv2d(x.clone(), weight.clone(), case.convolution);
    output.assert_close(of_output, &values(&found), &what);
    let gradients = (found * upstream.autodiff()).sum().backward();
    let gradient = |tensor: &Tensor<4>| {
        let gradient = tensor.grad(&gradients);
        values(&gradient.unwrap_or_else(|| panic!("a gradient is missing: {what}")))
    };
    x_gradient.assert_close(of_x, &gradient(&x), &what);
    weight_gradient.assert_close(of_weight, &gradient(&weight), &what);
}

#[test]
fn dense_convolutions() {
    for case in [
        dense([2, 3, 13, 17], 8, 7, 2, around(3)),
        dense([3, 5, 9, 11], 7, 3, 1, around(1)),
        dense([1, 16, 14, 14], 33, 3, 2, around(1)),
        dense([5, 70, 7, 7], 65, 3, 1, around(1)),
        dense([3, 16, 30, 9], 24, 3, 1, around(0)),
        dense([1, 40, 5, 34], 16, 3, 1, around(2)),
        dense([2, 17, 8, 8], 19, 3, 1, BEHIND),
        dense([1, 20, 4, 4], 20, 3, 1, around(3)),
        // Large enough for Winograd's tiles: whole, cut at both ends, several images in a vector, more than one block of
        // channels.
        dense([2, 16, 56, 56], 16, 3, 1, around(1)),
        dense([3, 18, 33, 41], 23, 3, 1, BEHIND),
        dense([21, 16, 5, 6], 17, 3, 1, around(1)),
        dense([70, 16, 7, 7], 70, 3, 1, around(1)),
        dense([2, 16, 31, 30], 40, 3, 1, around(0)),
        dense([2, 24, 27, 17], 16, 3, 1, around(2)),
        dense([3, 270, 14, 13], 20, 3, 1, around(1)),
        dense([3, 20, 14, 13], 270, 3, 1, [(0, 2), (2, 0)]),
        dense([2, 6, 8, 8], 4, 5, 1, around(2)),
        dense([2, 4, 10, 10], 6, 3, 2, BEHIND),
        dense([1, 3, 6, 6], 2, 4, 3, [(2, 0), (0, 1)]),
        dense([9, 3, 3, 3], 5, 3, 1, around(0)),
        dense([1, 300, 6, 5], 9, 1, 1, around(0)),
        dense([2, 12, 9, 9], 20, 1, 2, around(0)),
        dense([2, 3, 1, 1], 4, 1, 1, around(0)),
        dense([2, 3, 1, 1], 4, 3, 2, around(1)),
        dense([1, 1, 40, 40], 1, 3, 1, around(1)),
    ] {
        check_convolution(&case, 1);
    }
}

#[test]
fn depthwise_convolutions() {
    for case in [
        depthwise([2, 5, 14, 14], 3, 1, around(1)),
        depthwise([3, 6, 15, 13], 5, 2, around(2)),
        depthwise([1, 4, 8, 8], 3, 2, BEHIND),
        depthwise([2, 3, 7, 7], 5, 1, around(2)),
        depthwise([2, 2, 1, 1], 3, 1, around(1)),
        depthwise([2, 3, 9, 9], 7, 2, [(3, 2), (2, 3)]),
        depthwise([2, 3, 6, 6], 1, 2, around(0)),
        depthwise([1, 2, 60, 50], 3, 1, around(1)),
    ] {
        check_convolution(&case, 2);
    }
}

/// Burn's own operations compute these.
#[test]
fn other_groups() {
    let mut case = dense([2, 6, 7, 7], 4, 3, 1, around(1));
    case.convolution.groups = 2;
    check_convolution(&case, 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_convolution(
        seed in any::<u64>(),
        (batch, channels_in, channels_out) in (1..4_usize, 1..20_usize, 1..20_usize),
        (height, width) in (1..20_usize, 1..20_usize),
        (kernel_height, kernel_width) in (1..6_usize, 1..6_usize),
        stride in [1..4_usize, 1..4_usize],
        padding in [(0..3_usize, 0..3_usize), (0..3_usize, 0..3_usize)],
        is_depthwise in any::<bool>(),
    ) {
        prop_assume!(kernel_height <= height + padding[0].0 + padding[0].1);
        prop_assume!(kernel_width <= width + padding[1].0 + padding[1].1);
        let (channels_out, groups) = if is_depthwise { (channels_in, channels_in) } else { (channels_out, 1) };
        let case = Case {
            x: [batch, channels_in, height, width],
            channels_out,
            kernel: [kernel_height, kernel_width],
            convolution: Convolution { stride, padding, groups },
        };
        check_convolution(&case, seed);
    }
}

/// `activation(scale · conv(x) + shift + residual)`.
fn check_affine(case: &Case, activation: Activation, with_residual: bool) {
    let mut drawing = Drawing::new(4);
    let [x, weight] = [case.x, case.weight_dims()].map(|dims| drawing.tensor(dims));
    let [scale, shift] = [(); 2].map(|()| drawing.tensor([case.channels_out]));
    let residual = with_residual.then(|| drawing.tensor(case.output_dims()));

    let [xs, weights] = [&x, &weight].map(exact_values);
    let [scales, shifts] = [&scale, &shift].map(exact_values);
    let [batch, channels, height, width] = case.output_dims();
    let channel = |out: usize| out / (height * width) % channels;
    let mut expected = Sums::zeros(batch * channels * height * width);
    case.products(|x, weight, out| {
        expected.add(out, scales[channel(out)] * xs[x] * weights[weight]);
    });
    let residuals = residual.as_ref().map(exact_values);
    for index in 0..expected.values.len() {
        expected.add(index, shifts[channel(index)]);
        if let Some(residuals) = &residuals {
            expected.add(index, residuals[index]);
        }
        let value = &mut expected.values[index];
        *value = match activation {
            Activation::Identity => *value,
            Activation::Relu => value.max(0.0),
            Activation::Relu6 => value.clamp(0.0, 6.0),
        };
    }
    let affine = Affine {
        scale,
        shift,
        residual,
        activation,
    };
    let found = conv2d_affine(x, weight, case.convolution, affine);
    let what = format!("{case:?}, {activation:?}, residual {with_residual}");
    expected.assert_close(case.computed()[0], &values(&found), &what);
}

#[test]
fn what_follows_a_convolution_is_fused() {
    for case in [
        dense([2, 8, 9, 9], 12, 3, 1, around(1)),
        dense([2, 16, 29, 26], 20, 3, 1, around(1)),
        dense([1, 300, 12, 12], 40, 1, 1, around(0)),
        dense([3, 5, 5, 5], 6, 3, 2, around(1)),
        depthwise([2, 12, 9, 9], 3, 1, around(1)),
    ] {
        for activation in ACTIVATIONS {
            for with_residual in [false, true] {
                check_affine(&case, activation, with_residual);
            }
        }
    }
}

#[test]
fn frozen_inputs_get_no_gradient() {
    let mut drawing = Drawing::new(5);
    let convolution = Convolution {
        stride: [1, 1],
        padding: around(1),
        groups: 1,
    };
    let x = drawing.tensor([2, 3, 6, 6]).autodiff();
    let weight = drawing.tensor([4, 3, 3, 3]).autodiff();
    let tracked_x = x.clone().require_grad();
    let gradients = conv2d(tracked_x.clone(), weight.clone(), convolution)
        .sum()
        .backward();
    assert!(tracked_x.grad(&gradients).is_some());
    assert!(weight.grad(&gradients).is_none());

    let tracked_weight = weight.clone().require_grad();
    let gradients = conv2d(x.clone(), tracked_weight.clone(), convolution)
        .sum()
        .backward();
    assert!(tracked_weight.grad(&gradients).is_some());
    assert!(x.grad(&gradients).is_none());
}
