//! From products to the output's pixels.

use pulp::{Simd, WithSimd};

use super::patches::Run;
use super::transforms::{Output, along_both_axes};
use super::{PATCH, TILE, matrix_stride};
use crate::cpu::implicit_product::Finish;

/// Pixels of a tile.
pub(super) const PIXELS: usize = TILE * TILE;

/// `Aᵀ m A` of the products `m` of some channels and tiles, and what follows it.
pub(super) struct OutputTransform<'a> {
    /// `[numbers, channels, columns]`, numbers [`matrix_stride`] apart.
    pub(super) products: &'a [f32],
    pub(super) channels: usize,
    pub(super) columns: usize,
    pub(super) runs: &'a [Run],
    /// [`PIXELS`] rows of `columns` to work in.
    pub(super) pixels: &'a mut [f32],
    pub(super) finish: Finish<'a>,
    /// The first channel's number in `finish`.
    pub(super) first_in_finish: usize,
    /// `[images, all channels, plane]`; the residual is as long.
    pub(super) out: &'a mut [f32],
    /// The first channel's number among all.
    pub(super) first_in_out: usize,
    pub(super) all_channels: usize,
    /// Height and width of a plane.
    pub(super) plane: [usize; 2],
}

impl WithSimd for OutputTransform<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        for channel in 0..self.channels {
            self.transform(simd, channel);
            self.write(simd, channel);
        }
    }
}

impl OutputTransform<'_> {
    #[inline(always)]
    fn transform<S: Simd>(&mut self, simd: S, channel: usize) {
        for first in (0..self.columns).step_by(S::F32_LANES) {
            let mut products = [[simd.splat_f32s(0.0); PATCH]; PATCH];
            for (number, product) in products.as_flattened_mut().iter_mut().enumerate() {
                let matrix = number * matrix_stride(self.channels * self.columns);
                let start = matrix + channel * self.columns + first;
                *product = S::as_simd_f32s(&self.products[start..start + S::F32_LANES]).0[0];
            }
            let pixels = along_both_axes(simd, Output, &products);
            for (pixel, &values) in pixels.as_flattened().iter().enumerate() {
                let start = pixel * self.columns + first;
                let out = &mut self.pixels[start..start + S::F32_LANES];
                S::as_mut_simd_f32s(out).0[0] = values;
            }
        }
    }

    /// Writes the tiles as rows of pixels.
    #[inline(always)]
    fn write<S: Simd>(&mut self, simd: S, channel: usize) {
        let [height, width] = self.plane;
        for run in self.runs {
            let plane = run.image * self.all_channels + self.first_in_out + channel;
            let [first_row, first] = run.tile.map(|tile| tile * TILE);
            let end = (first + run.len * TILE).min(width);
            for (row, y) in (first_row..height).take(TILE).enumerate() {
                let start = (plane * height + y) * width;
                let range = start + first..start + end;
                let mut columns: [&[f32]; TILE] = [&[]; TILE];
                for (column, values) in columns.iter_mut().enumerate() {
                    let start = (row * TILE + column) * self.columns + run.first;
                    *values = &self.pixels[start..start + run.len];
                }
                let residual = self
                    .finish
                    .residual
                    .map(|residual| &residual[range.clone()]);
                let out = &mut self.out[range];
                interleave(columns, out);
                self.finish
                    .apply(simd, self.first_in_finish + channel, residual, out);
            }
        }
    }
}

/// Takes a number of each column in turn; the last ones may be left over.
#[inline(always)]
fn interleave(columns: [&[f32]; TILE], out: &mut [f32]) {
    let [a, b, c, d] = columns;
    let (groups, rest) = out.as_chunks_mut::<TILE>();
    let len = groups.len();
    for ((((group, a), b), c), d) in groups.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *group = [*a, *b, *c, *d];
    }
    for (value, column) in rest.iter_mut().zip(columns) {
        *value = column[len];
    }
}
