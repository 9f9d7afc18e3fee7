//! The weight gradient of a dense convolution.

use std::ops::Range;

use rayon::prelude::*;

use super::conv_shape::{ConvShape, positions};
use super::dot_product::{DotProducts, ROW_MULTIPLE, Rows};
use super::phase_layout::PhaseLayout;
use super::ranges::ranges;
use super::scratch::with_scratch;
use super::winograd::{self, winograd_weight_gradient};
use crate::instruction_set::dispatch;

/// Products are summed over about this many pixels at a time.
const PIXELS_IN_BLOCK: usize = 512;

/// A task has about this many columns (input channel and position of the kernel), so that their pixels stay in the
/// second cache.
const COLUMNS_IN_TASK: usize = 96;

/// A task has at least this many rows (output channels) where the rows are divided too.
const ROWS_IN_TASK: usize = 32;

/// Rows of the output's gradient that are copied at a time; a multiple of every tile's rows.
const ROWS_COPIED: usize = 8;

/// `[channels_out, channels_in, kernel]`, of the output's gradient and the input.
///
/// Each element is summed over images and pixels in one fixed order, whatever the number of threads.
pub(crate) fn conv2d_weight_gradient(gradient: &[f32], x: &[f32], shape: &ConvShape) -> Vec<f32> {
    if winograd::applies(shape) {
        return winograd_weight_gradient(gradient, x, shape);
    }
    let channels = COLUMNS_IN_TASK
        .div_ceil(shape.taps())
        .min(shape.channels_in);
    let column_tasks = shape.channels_in.div_ceil(channels);
    let row_tasks = (4 * rayon::current_num_threads()).div_ceil(column_tasks);
    let rows = shape
        .channels_out
        .div_ceil(row_tasks)
        .max(ROWS_IN_TASK)
        .next_multiple_of(ROWS_COPIED);
    let tasks = ranges(shape.channels_out, rows)
        .flat_map(|rows| {
            ranges(shape.channels_in, channels).map(move |channels| (rows.clone(), channels))
        })
        .collect::<Vec<_>>();
    let layout = PhaseLayout::of_input(shape);
    let blocks = tasks
        .par_iter()
        .map(|(rows, channels)| {
            Block {
                gradient,
                x,
                shape,
                layout,
                rows: rows.clone(),
                channels: channels.clone(),
            }
            .compute()
        })
        .collect::<Vec<_>>();

    let depth = shape.channels_in * shape.taps();
    let mut out = vec![0.0; shape.channels_out * depth];
    for ((rows, channels), block) in tasks.iter().zip(&blocks) {
        let width = channels.len() * shape.taps();
        for (row, values) in rows.clone().zip(block.chunks_exact(width)) {
            let start = row * depth + channels.start * shape.taps();
            out[start..start + width].copy_from_slice(values);
        }
    }
    out
}

/// The gradient of the weights of some output channels and some input channels.
struct Block<'a> {
    gradient: &'a [f32],
    x: &'a [f32],
    shape: &'a ConvShape,
    layout: PhaseLayout,
    rows: Range<usize>,
    channels: Range<usize>,
}

impl Block<'_> {
    fn compute(&self) -> Vec<f32> {
        let shape = self.shape;
        let plane = shape.output_plane();
        let columns = self.channels.len() * shape.taps();
        let images_in_block = (PIXELS_IN_BLOCK / plane).max(1);
        let pixels_in_block = if images_in_block > 1 {
            plane
        } else {
            plane
                .div_ceil(plane.div_ceil(PIXELS_IN_BLOCK))
                .next_multiple_of(ROW_MULTIPLE)
                .min(plane)
        };
        let depth = (images_in_block * pixels_in_block).next_multiple_of(ROW_MULTIPLE);
        let mut out = vec![0.0; self.rows.len() * columns];
        with_scratch(
            [
                images_in_block * self.channels.len() * self.layout.plane(),
                columns * depth,
                ROWS_COPIED * depth,
            ],
            |[padded, right, left]| {
                for images in ranges(shape.batch, images_in_block) {
                    self.pad(images.clone(), padded);
                    for pixels in ranges(plane, pixels_in_block) {
                        self.add_products(&images, &pixels, padded, right, left, &mut out);
                    }
                }
            },
        );
        out
    }

    /// Writes the task's channels of `images` in the padded layout.
    fn pad(&self, images: Range<usize>, padded: &mut [f32]) {
        let plane = self.shape.input_plane();
        let mut padded = padded.chunks_exact_mut(self.layout.plane());
        for image in images {
            for channel in self.channels.clone() {
                let start = (image * self.shape.channels_in + channel) * plane;
                if let Some(padded) = padded.next() {
                    self.layout.fill(&self.x[start..start + plane], padded);
                }
            }
        }
    }

    /// Adds the products of the given pixels of the given images to the gradient.
    fn add_products(
        &self,
        images: &Range<usize>,
        pixels: &Range<usize>,
        padded: &[f32],
        right: &mut [f32],
        left: &mut [f32],
        out: &mut [f32],
    ) {
        let shape = self.shape;
        let used = images.len() * pixels.len();
        let depth = used.next_multiple_of(ROW_MULTIPLE);
        let columns = self.channels.len() * shape.taps();
        let runs = self.runs(pixels);
        let mut rows = right.chunks_exact_mut(depth);
        for channel in 0..self.channels.len() {
            for tap in positions(shape.kernel) {
                let Some(row) = rows.next() else { return };
                let (row, filling) = row.split_at_mut(used);
                filling.fill(0.0);
                for (image, row) in row.chunks_exact_mut(pixels.len()).enumerate() {
                    let plane = image * self.channels.len() + channel;
                    let start = plane * self.layout.plane() + self.layout.offset(tap);
                    let mut rest = row;
                    for &(offset, len) in &runs {
                        let (run, after) = rest.split_at_mut(len);
                        run.copy_from_slice(&padded[start + offset..start + offset + len]);
                        rest = after;
                    }
                }
            }
        }
        for rows in ranges(self.rows.len(), ROWS_COPIED) {
            for (row, left) in rows.clone().zip(left.chunks_exact_mut(depth)) {
                let (values, filling) = left.split_at_mut(used);
                filling.fill(0.0);
                for (image, values) in images.clone().zip(values.chunks_exact_mut(pixels.len())) {
                    let plane = image * shape.channels_out + self.rows.start + row;
                    let start = plane * shape.output_plane() + pixels.start;
                    values.copy_from_slice(&self.gradient[start..start + pixels.len()]);
                }
            }
            dispatch(DotProducts {
                left: Rows {
                    numbers: left,
                    stride: depth,
                    count: rows.len(),
                },
                right: Rows {
                    numbers: right,
                    stride: depth,
                    count: columns,
                },
                depth,
                out: &mut out[rows.start * columns..rows.end * columns],
                row_stride: columns,
            });
        }
    }

    /// The stretches of neighbours in the padded layout that make up the output's `pixels`: offset and length.
    fn runs(&self, pixels: &Range<usize>) -> Vec<(usize, usize)> {
        let width = self.shape.output[1];
        let mut runs = Vec::new();
        let mut pixel = pixels.start;
        while pixel < pixels.end {
            let len = (width - pixel % width).min(pixels.end - pixel);
            let offset = pixel / width * self.layout.phase[1] + pixel % width;
            match runs.last_mut() {
                Some((start, before)) if *start + *before == offset => *before += len,
                _ => runs.push((offset, len)),
            }
            pixel += len;
        }
        runs
    }
}
