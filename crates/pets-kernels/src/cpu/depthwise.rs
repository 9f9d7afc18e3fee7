//! Convolution of each channel with a kernel of its own.

use rayon::prelude::*;

use super::conv_shape::{ConvShape, positions};
use super::conv2d::Affine;
use super::flat_filter::{FLAT_MULTIPLE, FlatCorrelation, FlatFilter};
use super::phase_layout::PhaseLayout;
use super::scratch::with_scratch;
use crate::activation::Activation;
use crate::instruction_set::dispatch;

/// `[batch, channels, output]` of `x`, `[batch, channels, input]`, and weights `[channels, kernel]`.
pub(crate) fn depthwise_conv2d(
    x: &[f32],
    weight: &[f32],
    shape: &ConvShape,
    affine: Option<Affine<'_>>,
) -> Vec<f32> {
    let layout = PhaseLayout::of_input(shape);
    let offsets = tap_offsets(shape, &layout);
    let flat_len = flat_len(shape.output, layout.phase[1]);
    let plane = shape.output_plane();
    let mut out = vec![0.0; shape.batch * shape.output_image()];
    out.par_chunks_exact_mut(plane)
        .zip(x.par_chunks_exact(shape.input_plane()))
        .enumerate()
        .for_each(|(index, (out, x))| {
            let channel = index % shape.channels_in;
            let (weights, shift) = scaled_weights(weight, shape, channel, affine);
            let activation = affine.map_or(Activation::Identity, |affine| affine.activation);
            let residual = affine
                .and_then(|affine| affine.residual)
                .map(|residual| &residual[index * plane..(index + 1) * plane]);
            with_scratch(
                [layout.plane() + FLAT_MULTIPLE, flat_len],
                |[padded, flat]| {
                    layout.fill(x, &mut padded[..layout.plane()]);
                    dispatch(FlatFilter {
                        source: padded,
                        weights: &weights,
                        offsets: &offsets,
                        shift,
                        activation: match residual {
                            Some(_) => Activation::Identity,
                            None => activation,
                        },
                        out: flat,
                    });
                    crop(flat, layout.phase[1], out, shape.output[1]);
                },
            );
            if let Some(residual) = residual {
                for (out, residual) in out.iter_mut().zip(residual) {
                    *out = activation.apply(*out + residual);
                }
            }
        });
    out
}

/// The gradient of the input, of that of the output; see `conv2d_input_gradient`.
pub(crate) fn depthwise_input_gradient(
    gradient: &[f32],
    weight: &[f32],
    shape: &ConvShape,
) -> Vec<f32> {
    let (layout, padding) = PhaseLayout::of_output_gradient(shape);
    let phases = positions([0, 1].map(|axis| shape.stride[axis].min(shape.kernel[axis])))
        .map(|phase| Phase::new(phase, shape, &layout, padding.map(|(before, _)| before)))
        .collect::<Vec<_>>();
    let flat_len = flat_len(layout.phase, layout.phase[1]);
    let mut out = vec![0.0; shape.batch * shape.input_image()];
    out.par_chunks_exact_mut(shape.input_plane())
        .zip(gradient.par_chunks_exact(shape.output_plane()))
        .enumerate()
        .for_each(|(index, (out, gradient))| {
            let channel = index % shape.channels_in;
            let weights = channel_weights(weight, shape, channel);
            with_scratch(
                [2 * layout.plane() + FLAT_MULTIPLE, flat_len],
                |[padded, flat]| {
                    layout.fill(gradient, &mut padded[..layout.plane()]);
                    for phase in &phases {
                        let weights = phase
                            .taps
                            .iter()
                            .map(|&tap| weights[tap])
                            .collect::<Vec<_>>();
                        dispatch(FlatFilter {
                            source: padded,
                            weights: &weights,
                            offsets: &phase.offsets,
                            shift: 0.0,
                            activation: Activation::Identity,
                            out: flat,
                        });
                        phase.write(flat, shape, layout.phase[1], out);
                    }
                },
            );
        });
    out
}

/// `[channels, kernel]`, of the output's gradient and the input; images are summed in their order.
pub(crate) fn depthwise_weight_gradient(
    gradient: &[f32],
    x: &[f32],
    shape: &ConvShape,
) -> Vec<f32> {
    let layout = PhaseLayout::of_input(shape);
    let offsets = tap_offsets(shape, &layout);
    let width = layout.phase[1];
    let flat_len = flat_len(shape.output, width);
    let mut out = vec![0.0; shape.channels_in * shape.taps()];
    out.par_chunks_exact_mut(shape.taps())
        .enumerate()
        .for_each(|(channel, out)| {
            with_scratch(
                [layout.plane() + FLAT_MULTIPLE, flat_len],
                |[padded, flat]| {
                    // Zeros in the gradient meet what lies behind the plane, which must be a number.
                    padded.fill(0.0);
                    flat.fill(0.0);
                    for image in 0..shape.batch {
                        let plane = image * shape.channels_in + channel;
                        let x = &x[plane * shape.input_plane()..][..shape.input_plane()];
                        layout.fill(x, &mut padded[..layout.plane()]);
                        let gradient =
                            &gradient[plane * shape.output_plane()..][..shape.output_plane()];
                        for (row, flat) in gradient
                            .chunks_exact(shape.output[1])
                            .zip(flat.chunks_mut(width))
                        {
                            flat[..row.len()].copy_from_slice(row);
                        }
                        dispatch(FlatCorrelation {
                            gradient: flat,
                            source: padded,
                            offsets: &offsets,
                            out,
                        });
                    }
                },
            );
        });
    out
}

/// The pixels of the padded input that lie in one phase of the stride.
struct Phase {
    /// Position of the phase.
    position: [usize; 2],
    /// Indices of the weights that these pixels see.
    taps: Vec<usize>,
    /// Where the output's gradient is read for each of them.
    offsets: Vec<usize>,
}

impl Phase {
    fn new(phase: [usize; 2], shape: &ConvShape, layout: &PhaseLayout, before: [usize; 2]) -> Self {
        let [stride_y, stride_x] = shape.stride;
        let taps = positions(
            [0, 1].map(|axis| (shape.kernel[axis] - phase[axis]).div_ceil(shape.stride[axis])),
        );
        let (taps, offsets) = taps
            .map(|[y, x]| {
                let tap = (y * stride_y + phase[0]) * shape.kernel[1] + x * stride_x + phase[1];
                (tap, layout.offset([before[0] - y, before[1] - x]))
            })
            .unzip();
        Self {
            position: phase,
            taps,
            offsets,
        }
    }

    /// Writes the phase's pixels to the input's gradient; `flat` has rows of `width` numbers.
    fn write(&self, flat: &[f32], shape: &ConvShape, width: usize, out: &mut [f32]) {
        let [stride_y, stride_x] = shape.stride;
        let [before_y, before_x] = shape.padding.map(|(before, _)| before);
        let [first_y, first_x] = [0, 1].map(|axis| shape.first_in_phase(axis, self.position[axis]));
        if first_x >= shape.input[1] {
            return;
        }
        let column = (first_x + before_x) / stride_x;
        for (y, row) in out
            .chunks_exact_mut(shape.input[1])
            .enumerate()
            .skip(first_y)
            .step_by(stride_y)
        {
            let start = (y + before_y) / stride_y * width + column;
            if stride_x == 1 {
                row.copy_from_slice(&flat[start..start + shape.input[1]]);
                continue;
            }
            for (pixel, &value) in row[first_x..]
                .iter_mut()
                .step_by(stride_x)
                .zip(&flat[start..])
            {
                *pixel = value;
            }
        }
    }
}

/// The weights of a channel, scaled by what follows the convolution, and what is added to each sum.
fn scaled_weights(
    weight: &[f32],
    shape: &ConvShape,
    channel: usize,
    affine: Option<Affine<'_>>,
) -> (Vec<f32>, f32) {
    let (scale, shift) = affine.map_or((1.0, 0.0), |affine| {
        (affine.scale[channel], affine.shift[channel])
    });
    let weights = channel_weights(weight, shape, channel);
    (weights.iter().map(|weight| weight * scale).collect(), shift)
}

fn channel_weights<'a>(weight: &'a [f32], shape: &ConvShape, channel: usize) -> &'a [f32] {
    &weight[channel * shape.taps()..(channel + 1) * shape.taps()]
}

fn tap_offsets(shape: &ConvShape, layout: &PhaseLayout) -> Vec<usize> {
    positions(shape.kernel)
        .map(|tap| layout.offset(tap))
        .collect()
}

/// Length of `rows × columns` numbers that lie in rows of `width`, rounded up.
fn flat_len([rows, columns]: [usize; 2], width: usize) -> usize {
    ((rows - 1) * width + columns).next_multiple_of(FLAT_MULTIPLE)
}

/// Copies the first `columns` of each row of `flat`, which are `width` long.
fn crop(flat: &[f32], width: usize, out: &mut [f32], columns: usize) {
    for (out, flat) in out.chunks_exact_mut(columns).zip(flat.chunks(width)) {
        out.copy_from_slice(&flat[..columns]);
    }
}
