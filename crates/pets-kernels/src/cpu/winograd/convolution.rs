//! The convolution of a batch.

use super::kernels::{TAPS, TransformedKernels};
use super::outputs::{OutputTransform, PIXELS};
use super::patches::{PatchStrides, PatchTransform, TileGrid};
use super::products::PatchProducts;
use super::transforms::Input;
use super::{NUMBERS, matrix_stride};
use crate::cpu::conv_shape::ConvShape;
use crate::cpu::image_tasks::{ImageTask, ImageTasks};
use crate::cpu::implicit_product::Finish;
use crate::cpu::product_tile::TileColumns;
use crate::cpu::ranges::ranges;
use crate::cpu::scratch::with_scratch;
use crate::instruction_set::dispatch;

/// About as many tiles are transformed at a time.
const TILES_TOGETHER: usize = 64;

/// As many products are computed at a time, so that they stay in the second cache.
const PRODUCTS_TOGETHER: usize = 1 << 16;

/// `[batch, channels_out, output]` of `x`, `[batch, channels_in, input]`, and kernels given by
/// `(channel_out, channel_in)`.
pub(crate) fn winograd_conv2d(
    x: &[f32],
    kernel: impl Fn(usize, usize) -> [f32; TAPS] + Sync,
    shape: &ConvShape,
    finish: Finish<'_>,
) -> Vec<f32> {
    let convolution = Winograd {
        kernels: &TransformedKernels::new(shape.channels_out, shape.channels_in, kernel),
        grid: TileGrid::of_input(shape),
        shape,
        finish,
        tile_columns: dispatch(TileColumns),
    };
    let mut out = vec![0.0; shape.batch * shape.output_image()];
    ImageTasks {
        source_image: shape.input_image(),
        channels: shape.channels_out,
        out_plane: shape.output_plane(),
        columns: convolution.grid.in_plane(),
        channel_multiple: convolution.kernels.panel_rows,
    }
    .run(x, &mut out, |task| convolution.run_task(task));
    out
}

struct Winograd<'a> {
    kernels: &'a TransformedKernels,
    grid: TileGrid,
    shape: &'a ConvShape,
    finish: Finish<'a>,
    tile_columns: usize,
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
        let tiles = images * self.grid.in_plane();
        let block = TILES_TOGETHER
            .min(tiles)
            .next_multiple_of(self.tile_columns);
        let rows_together = (PRODUCTS_TOGETHER / (NUMBERS * block))
            .next_multiple_of(self.kernels.panel_rows)
            .min(channels);
        let finish = self.finish.of_part(start..start + out.len());
        with_scratch(
            [
                self.grid.planes_len(images),
                NUMBERS * matrix_stride(shape.channels_in * block),
                NUMBERS * matrix_stride(rows_together * block),
                PIXELS * block,
            ],
            |[planes, patches, products, pixels]| {
                for tiles in ranges(tiles, block) {
                    let columns = tiles.len().next_multiple_of(self.tile_columns);
                    let runs = self.grid.runs(tiles);
                    dispatch(PatchTransform {
                        transform: Input,
                        grid: &self.grid,
                        images: source,
                        all_channels: shape.channels_in,
                        channels: 0..shape.channels_in,
                        runs: &runs,
                        planes,
                        patches: columns,
                        out: patches,
                        strides: PatchStrides {
                            number: matrix_stride(shape.channels_in * columns),
                            channel: self.tile_columns,
                            panel_len: self.tile_columns,
                            panel: shape.channels_in * self.tile_columns,
                        },
                    });
                    for rows in ranges(channels, rows_together) {
                        dispatch(PatchProducts {
                            kernels: self.kernels,
                            first_row: first_channel + rows.start,
                            rows: rows.len(),
                            patches,
                            columns,
                            out: products,
                        });
                        dispatch(OutputTransform {
                            products,
                            channels: rows.len(),
                            columns,
                            runs: &runs,
                            pixels,
                            finish,
                            first_in_finish: first_channel + rows.start,
                            out,
                            first_in_out: rows.start,
                            all_channels: channels,
                            plane: shape.output,
                        });
                    }
                }
            },
        );
    }
}
