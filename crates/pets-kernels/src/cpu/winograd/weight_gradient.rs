//! The gradient of the weights.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::kernels::TAPS;
use super::patches::{PatchStrides, PatchTransform, TileGrid};
use super::transforms::{Input, KernelGradient, OutputGradient, Transform, along_both_axes};
use super::{NUMBERS, PATCH, matrix_stride};
use crate::cpu::conv_shape::ConvShape;
use crate::cpu::dot_product::{DotProducts, ROW_MULTIPLE, Rows};
use crate::cpu::lanes::MAX_LANES;
use crate::cpu::ranges::ranges;
use crate::cpu::scratch::with_scratch;
use crate::instruction_set::dispatch;

/// Images are taken together until their transformed tiles are about as many numbers.
const NUMBERS_TOGETHER: usize = 5 << 19;

/// Rows of a product that a task computes.
const ROWS_IN_TASK: usize = 64;

/// `[channels_out, channels_in, 3, 3]`, of the output's gradient and the input.
///
/// Each element is summed over images and tiles in one fixed order, whatever the number of threads.
pub(crate) fn winograd_weight_gradient(gradient: &[f32], x: &[f32], shape: &ConvShape) -> Vec<f32> {
    let (inputs, outputs) = (TileGrid::of_input(shape), TileGrid::of_output(shape));
    let channels = shape.channels_in + shape.channels_out;
    let images =
        (NUMBERS_TOGETHER / (NUMBERS * channels * inputs.in_plane())).clamp(1, shape.batch);
    let depth = (images * inputs.in_plane()).next_multiple_of(ROW_MULTIPLE);
    let mut right = vec![0.0; shape.channels_in * channel_stride(depth)];
    let mut left = vec![0.0; shape.channels_out * channel_stride(depth)];
    let product = shape.channels_out * shape.channels_in;
    let mut sums = vec![0.0; NUMBERS * matrix_stride(product)];
    for images in ranges(shape.batch, images) {
        let [x, gradient] = [(x, shape.input_image()), (gradient, shape.output_image())]
            .map(|(tensor, image)| &tensor[images.start * image..images.end * image]);
        let depth = (images.len() * inputs.in_plane()).next_multiple_of(ROW_MULTIPLE);
        let stride = channel_stride(depth);
        let [right, left] = [
            &mut right[..shape.channels_in * stride],
            &mut left[..shape.channels_out * stride],
        ];
        transform(Input, &inputs, x, depth, right);
        transform(OutputGradient, &outputs, gradient, depth, left);
        sums.par_chunks_exact_mut(matrix_stride(product))
            .enumerate()
            .for_each(|(number, sums)| {
                sums[..product]
                    .par_chunks_mut(ROWS_IN_TASK * shape.channels_in)
                    .enumerate()
                    .for_each(|(task, sums)| {
                        let first = task * ROWS_IN_TASK * stride + number * depth;
                        dispatch(DotProducts {
                            left: Rows {
                                numbers: &left[first..],
                                stride,
                                count: sums.len() / shape.channels_in,
                            },
                            right: Rows {
                                numbers: &right[number * depth..],
                                stride,
                                count: shape.channels_in,
                            },
                            depth,
                            out: sums,
                            row_stride: shape.channels_in,
                        });
                    });
            });
    }
    let mut out = vec![0.0; product * TAPS];
    out.par_chunks_exact_mut(shape.channels_in * TAPS)
        .enumerate()
        .for_each(|(row, kernels)| {
            dispatch(KernelGradients {
                sums: &sums[row * shape.channels_in..],
                stride: matrix_stride(product),
                kernels,
            });
        });
    out
}

/// From the transformed tiles of a channel to those of the next; never a power of two, whose rows would share a place
/// in the caches.
fn channel_stride(depth: usize) -> usize {
    NUMBERS * depth + ROW_MULTIPLE
}

/// The transformed tiles of `images`, `[channels, numbers, depth]` with [`channel_stride`].
fn transform<T: Transform<SIDE, PATCH> + Sync, const SIDE: usize>(
    transform: T,
    grid: &TileGrid,
    images: &[f32],
    depth: usize,
    out: &mut [f32],
) {
    let stride = channel_stride(depth);
    let all_channels = out.len() / stride;
    let count = images.len() / (all_channels * grid.layout.input_plane());
    let runs = grid.runs(0..count * grid.in_plane());
    out.par_chunks_exact_mut(stride)
        .enumerate()
        .for_each(|(channel, out)| {
            with_scratch([grid.planes_len(count)], |[planes]| {
                dispatch(PatchTransform {
                    transform,
                    grid,
                    images,
                    all_channels,
                    channels: channel..channel + 1,
                    runs: &runs,
                    planes,
                    patches: depth,
                    out,
                    strides: PatchStrides {
                        number: depth,
                        channel: 0,
                        panel_len: depth,
                        panel: 0,
                    },
                });
            });
        });
}

/// `Gᵀ u G` of the sums `u` of one output channel.
struct KernelGradients<'a> {
    /// For each number of a patch, `stride` apart, a sum for each input channel.
    sums: &'a [f32],
    stride: usize,
    /// `[channels_in, 9]`.
    kernels: &'a mut [f32],
}

impl WithSimd for KernelGradients<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for (group, kernels) in self.kernels.chunks_mut(TAPS * S::F32_LANES).enumerate() {
            let channels = kernels.len() / TAPS;
            let mut sums = [[simd.splat_f32s(0.0); PATCH]; PATCH];
            for (number, sum) in sums.as_flattened_mut().iter_mut().enumerate() {
                let start = number * self.stride + group * S::F32_LANES;
                *sum = match self.sums.get(start..start + S::F32_LANES) {
                    Some(sums) => S::as_simd_f32s(sums).0[0],
                    None => simd.partial_load_f32s(&self.sums[start..start + channels]),
                };
            }
            let taps = along_both_axes(simd, KernelGradient, &sums);
            for (tap, values) in taps.as_flattened().iter().enumerate() {
                let mut lanes = [0.0; MAX_LANES];
                S::as_mut_simd_f32s(&mut lanes).0[0] = *values;
                for (kernel, value) in kernels.chunks_exact_mut(TAPS).zip(lanes) {
                    kernel[tap] = value;
                }
            }
        }
    }
}
