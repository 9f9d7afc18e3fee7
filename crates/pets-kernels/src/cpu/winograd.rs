//! Convolution with kernels of 3×3 in steps of 1, by Winograd's minimal filtering F(2×2, 3×3).
//!
//! Lavin and Gray, *Fast Algorithms for Convolutional Neural Networks*, CVPR 2016. A tile of 2×2 outputs, of a patch of
//! 4×4 inputs `d` and the weights `g`, is `Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A`: 16 products in place of 36. Summed over the
//! input's channels, those are 16 matrix products. All factors of the transforms are 0, ±1 and ½, so little is lost in
//! rounding.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::conv_shape::{ConvShape, positions};
use super::image_tasks::{ImageTask, ImageTasks};
use super::implicit_product::{Column, Finish, ImplicitProduct, packing_len};
use super::packed_rows::PackedRows;
use super::phase_layout::PhaseLayout;
use super::scratch::with_scratch;

/// Numbers in a transformed patch.
const PATCH: usize = 16;

/// Tiles are taken together until there are about this many, so that what is computed of them stays in the second cache.
const TILES_TOGETHER: usize = 64;

/// Rows of working memory are filled up to a multiple of this, the widest vector there is.
const ROW_MULTIPLE: usize = 16;

/// Whether the convolution is one of those computed here: with few channels the transforms cost more than they save.
pub(crate) fn applies(shape: &ConvShape) -> bool {
    shape.kernel == [3, 3]
        && shape.stride == [1, 1]
        && shape.channels_in.min(shape.channels_out) >= 16
}

/// `[batch, channels_out, output]` of `x`, `[batch, channels_in, input]`, and weights given by
/// `(channel_out, channel_in, position in the kernel)`.
pub(crate) fn winograd_conv2d(
    x: &[f32],
    weight: impl Fn(usize, usize, usize) -> f32 + Sync,
    shape: &ConvShape,
    finish: Finish<'_>,
) -> Vec<f32> {
    let weights = transformed_weights(&weight, shape);
    let tiles = shape.output.map(|size| size.div_ceil(2));
    let convolution = Winograd {
        layout: PhaseLayout::of_patches(shape, tiles),
        weights: &weights,
        shape,
        tiles,
        finish,
    };
    let mut out = vec![0.0; shape.batch * shape.output_image()];
    ImageTasks {
        source_image: shape.input_image(),
        channels: shape.channels_out,
        out_plane: shape.output_plane(),
        columns: tiles[0] * tiles[1],
        channel_multiple: weights[0].panel_rows(),
    }
    .run(x, &mut out, |task| convolution.run_task(task));
    out
}

/// `G g Gᵀ` for each pair of channels: for each of its 16 numbers a matrix `[channels_out, channels_in]`.
fn transformed_weights(
    weight: &(impl Fn(usize, usize, usize) -> f32 + Sync),
    shape: &ConvShape,
) -> Vec<PackedRows> {
    let depth = shape.channels_in;
    let mut transformed = vec![0.0; shape.channels_out * PATCH * depth];
    transformed
        .par_chunks_exact_mut(PATCH * depth)
        .enumerate()
        .for_each(|(row, transformed)| {
            for column in 0..depth {
                let mut kernel = [0.0; 9];
                for (tap, value) in kernel.iter_mut().enumerate() {
                    *value = weight(row, column, tap);
                }
                for (position, value) in transformed_kernel(kernel).into_iter().enumerate() {
                    transformed[position * depth + column] = value;
                }
            }
        });
    (0..PATCH)
        .map(|position| {
            PackedRows::new(shape.channels_out, depth, |row, column| {
                transformed[(row * PATCH + position) * depth + column]
            })
        })
        .collect()
}

/// `G g Gᵀ`.
fn transformed_kernel(g: [f32; 9]) -> [f32; PATCH] {
    let spread = |a: f32, b: f32, c: f32| [a, (a + b + c) * 0.5, (a - b + c) * 0.5, c];
    let mut columns = [[0.0; 4]; 3];
    for (column, spread_column) in columns.iter_mut().enumerate() {
        *spread_column = spread(g[column], g[column + 3], g[column + 6]);
    }
    let mut transformed = [0.0; PATCH];
    for (row, values) in transformed.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        *values = spread(columns[0][row], columns[1][row], columns[2][row]);
    }
    transformed
}

struct Winograd<'a> {
    /// Where the patches' pixels lie.
    layout: PhaseLayout,
    weights: &'a [PackedRows],
    shape: &'a ConvShape,
    /// Tiles in a column and in a row of the output.
    tiles: [usize; 2],
    finish: Finish<'a>,
}

/// Neighbouring rows of tiles of one image.
#[derive(Debug, Clone, Copy)]
struct TileRows {
    image: usize,
    first: usize,
    rows: usize,
    /// Where their patches start in a row of the transformed input.
    start: usize,
    /// Where their tiles start in a row of the products.
    target: usize,
}

impl Winograd<'_> {
    fn run_task(&self, task: ImageTask<'_>) {
        let ImageTask {
            source,
            images,
            first_channel,
            channels,
            start,
            out,
        } = task;
        let shape = self.shape;
        let blocks = self.blocks(images);
        let width = blocks.iter().map(|block| self.widths(block)).fold(
            [0, 0],
            |[patches, tiles], [more_patches, more_tiles]| {
                [patches.max(more_patches), tiles.max(more_tiles)]
            },
        );
        let plane = self.layout.plane();
        let slack = self.layout.phase[1] + 2 * ROW_MULTIPLE;
        with_scratch(
            [
                images * shape.channels_in * plane + slack,
                PATCH * shape.channels_in * width[0],
                PATCH * channels * width[1],
                4 * width[1],
                packing_len(),
            ],
            |[padded, patches, products, outputs, packing]| {
                for (x, padded) in source
                    .chunks_exact(shape.input_plane())
                    .zip(padded.chunks_exact_mut(plane))
                {
                    self.layout.fill(x, padded);
                }
                for block in &blocks {
                    let [patch_width, tile_width] = self.widths(block);
                    self.transform_input(block, padded, patch_width, patches);
                    let patches = patches.chunks_exact(shape.channels_in * patch_width);
                    let summands = (0..shape.channels_in)
                        .map(|channel| channel * patch_width)
                        .collect::<Vec<_>>();
                    let columns = self.columns(block);
                    for ((rows, patches), products) in self
                        .weights
                        .iter()
                        .zip(patches)
                        .zip(products.chunks_exact_mut(channels * tile_width))
                    {
                        Arch::new().dispatch(ImplicitProduct {
                            rows,
                            range: first_channel..first_channel + channels,
                            source: patches,
                            summands: &summands,
                            columns: &columns,
                            out: products,
                            row_stride: tile_width,
                            finish: Finish::NONE,
                            packing,
                        });
                    }
                    for channel in 0..channels {
                        Arch::new().dispatch(OutputTransform {
                            products,
                            stride: channels * tile_width,
                            row: channel * tile_width,
                            width: tile_width,
                            outputs,
                        });
                        for rows in block {
                            let plane = (rows.image * channels + channel) * shape.output_plane();
                            let [first, last] = [rows.first, rows.first + rows.rows]
                                .map(|row| (2 * row).min(shape.output[0]) * shape.output[1]);
                            let range = plane + first..plane + last;
                            let residual = self
                                .finish
                                .residual
                                .map(|residual| &residual[start + range.start..start + range.end]);
                            let out = &mut out[range];
                            self.interleave(rows, outputs, tile_width, out);
                            Arch::new().dispatch(FinishRow {
                                finish: self.finish,
                                channel: first_channel + channel,
                                residual,
                                out,
                            });
                        }
                    }
                }
            },
        );
    }

    /// All rows of tiles of some images, in groups.
    fn blocks(&self, images: usize) -> Vec<Vec<TileRows>> {
        let [height, width] = self.tiles;
        // Whole vectors of tiles, where that is possible.
        let rows_in_vectors = ROW_MULTIPLE >> width.trailing_zeros().min(ROW_MULTIPLE.ilog2());
        let rows_together = TILES_TOGETHER
            .div_ceil(width)
            .next_multiple_of(rows_in_vectors);
        let mut blocks = vec![Vec::new()];
        let mut room = rows_together;
        for image in 0..images {
            let mut first = 0;
            while first < height {
                if room == 0 {
                    blocks.push(Vec::new());
                    room = rows_together;
                }
                let rows = room.min(height - first);
                let block = blocks.last_mut().expect("there is a first block");
                let (start, target) = block.last().map_or((0, 0), |before: &TileRows| {
                    let target = before.target + before.rows * width;
                    (before.start + self.patch_width(before.rows), target)
                });
                block.push(TileRows {
                    image,
                    first,
                    rows,
                    start,
                    target,
                });
                first += rows;
                room -= rows;
            }
        }
        blocks
    }

    /// Numbers in a row of the transformed input for some rows of tiles; one in a row is not a tile's.
    fn patch_width(&self, rows: usize) -> usize {
        (rows * self.layout.phase[1]).next_multiple_of(ROW_MULTIPLE)
    }

    /// Numbers in a row of the transformed input and of the products of a block.
    fn widths(&self, block: &[TileRows]) -> [usize; 2] {
        let last = block.last().expect("a block has rows");
        let tiles = last.target + last.rows * self.tiles[1];
        [
            last.start + self.patch_width(last.rows),
            tiles.next_multiple_of(ROW_MULTIPLE),
        ]
    }

    fn columns(&self, block: &[TileRows]) -> Vec<Column> {
        let mut columns = Vec::new();
        for rows in block {
            let tiles = positions([rows.rows, self.tiles[1]]);
            columns.extend(tiles.enumerate().map(|(tile, [y, x])| Column {
                source: rows.start + y * self.layout.phase[1] + x,
                target: rows.target + tile,
            }));
        }
        columns
    }

    /// `Bᵀ d B` of each patch of a block: for each of its 16 numbers a matrix `[channels_in, patches]`.
    fn transform_input(
        &self,
        block: &[TileRows],
        padded: &[f32],
        patch_width: usize,
        patches: &mut [f32],
    ) {
        let offsets = std::array::from_fn(|pixel| self.layout.offset([pixel / 4, pixel % 4]));
        for channel in 0..self.shape.channels_in {
            for rows in block {
                let plane = rows.image * self.shape.channels_in + channel;
                let first = plane * self.layout.plane() + rows.first * self.layout.phase[1];
                Arch::new().dispatch(InputTransform {
                    padded: &padded[first..],
                    offsets: &offsets,
                    patches,
                    stride: self.shape.channels_in * patch_width,
                    start: channel * patch_width + rows.start,
                    len: self.patch_width(rows.rows),
                });
            }
        }
    }

    /// Writes tiles as rows of pixels; `outputs` has the four pixels of each tile.
    fn interleave(&self, rows: &TileRows, outputs: &[f32], tile_width: usize, out: &mut [f32]) {
        let [_, width] = self.shape.output;
        for (row, out) in out.chunks_exact_mut(width).enumerate() {
            let start = row % 2 * 2 * tile_width + rows.target + row / 2 * self.tiles[1];
            let left = &outputs[start..start + self.tiles[1]];
            let right = &outputs[start + tile_width..][..self.tiles[1]];
            let (pairs, last) = out.as_chunks_mut::<2>();
            for (pair, (&left, &right)) in pairs.iter_mut().zip(left.iter().zip(right)) {
                *pair = [left, right];
            }
            if let [last] = last {
                *last = left[self.tiles[1] - 1];
            }
        }
    }
}

/// `Bᵀ d B` of neighbouring patches.
struct InputTransform<'a> {
    padded: &'a [f32],
    /// Where the 16 pixels of the first patch lie.
    offsets: &'a [usize; PATCH],
    patches: &'a mut [f32],
    /// From one of the 16 numbers to the next.
    stride: usize,
    start: usize,
    len: usize,
}

impl WithSimd for InputTransform<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let add = |a, b| simd.add_f32s(a, b);
        let sub = |a, b| simd.sub_f32s(a, b);
        for first in (0..self.len).step_by(S::F32_LANES) {
            let mut d = [simd.splat_f32s(0.0); PATCH];
            for (d, offset) in d.iter_mut().zip(self.offsets) {
                let start = offset + first;
                *d = S::as_simd_f32s(&self.padded[start..start + S::F32_LANES]).0[0];
            }
            let mut t = d;
            for column in 0..4 {
                let [a, b, c, e] = [d[column], d[4 + column], d[8 + column], d[12 + column]];
                t[column] = sub(a, c);
                t[4 + column] = add(b, c);
                t[8 + column] = sub(c, b);
                t[12 + column] = sub(b, e);
            }
            for row in 0..4 {
                let [a, b, c, e] = [t[4 * row], t[4 * row + 1], t[4 * row + 2], t[4 * row + 3]];
                d[4 * row] = sub(a, c);
                d[4 * row + 1] = add(b, c);
                d[4 * row + 2] = sub(c, b);
                d[4 * row + 3] = sub(b, e);
            }
            for (position, &value) in d.iter().enumerate() {
                let start = position * self.stride + self.start + first;
                S::as_mut_simd_f32s(&mut self.patches[start..start + S::F32_LANES]).0[0] = value;
            }
        }
    }
}

/// `Aᵀ m A` of neighbouring tiles.
struct OutputTransform<'a> {
    products: &'a [f32],
    /// From one of the 16 numbers to the next.
    stride: usize,
    /// Where the channel's numbers start.
    row: usize,
    width: usize,
    /// The tiles' pixels: four rows of `width`.
    outputs: &'a mut [f32],
}

impl WithSimd for OutputTransform<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let add = |a, b| simd.add_f32s(a, b);
        let sub = |a, b| simd.sub_f32s(a, b);
        for first in (0..self.width).step_by(S::F32_LANES) {
            let mut m = [simd.splat_f32s(0.0); PATCH];
            for (position, m) in m.iter_mut().enumerate() {
                let start = position * self.stride + self.row + first;
                *m = S::as_simd_f32s(&self.products[start..start + S::F32_LANES]).0[0];
            }
            let mut t = [simd.splat_f32s(0.0); 8];
            for column in 0..4 {
                let [a, b, c, e] = [m[column], m[4 + column], m[8 + column], m[12 + column]];
                t[column] = add(add(a, b), c);
                t[4 + column] = sub(sub(b, c), e);
            }
            for row in 0..2 {
                let [a, b, c, e] = [t[4 * row], t[4 * row + 1], t[4 * row + 2], t[4 * row + 3]];
                let pixels = [add(add(a, b), c), sub(sub(b, c), e)];
                for (column, pixel) in pixels.into_iter().enumerate() {
                    let start = (2 * row + column) * self.width + first;
                    let out = &mut self.outputs[start..start + S::F32_LANES];
                    S::as_mut_simd_f32s(out).0[0] = pixel;
                }
            }
        }
    }
}

/// What follows the sums, on a part of a plane.
struct FinishRow<'a> {
    finish: Finish<'a>,
    channel: usize,
    residual: Option<&'a [f32]>,
    out: &'a mut [f32],
}

impl WithSimd for FinishRow<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let shift = self.finish.shift.map(|shift| shift[self.channel]);
        if shift.is_none() && self.residual.is_none() {
            return;
        }
        let shift = shift.unwrap_or_default();
        let shifts = simd.splat_f32s(shift);
        let activation = self.finish.activation;
        let (outs, out_tail) = S::as_mut_simd_f32s(self.out);
        if let Some(residual) = self.residual {
            let (residuals, residual_tail) = S::as_simd_f32s(residual);
            for (out, &residual) in outs.iter_mut().zip(residuals) {
                let sum = simd.add_f32s(simd.add_f32s(*out, shifts), residual);
                *out = activation.apply_simd(simd, sum);
            }
            for (out, residual) in out_tail.iter_mut().zip(residual_tail) {
                *out = activation.apply(*out + shift + residual);
            }
        } else {
            for out in outs {
                *out = activation.apply_simd(simd, simd.add_f32s(*out, shifts));
            }
            for out in out_tail {
                *out = activation.apply(*out + shift);
            }
        }
    }
}
