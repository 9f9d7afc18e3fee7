//! The products of transformed weights and patches.

use pulp::{Simd, WithSimd};

use super::kernels::TransformedKernels;
use super::{NUMBERS, matrix_stride};
use crate::cpu::packed_rows::{DEPTH_BLOCK, panel_rows};
use crate::cpu::product_tile::product_tile;

/// For each number of a patch the product of some rows of the weights' matrix and that of the patches.
pub(super) struct PatchProducts<'a> {
    pub(super) kernels: &'a TransformedKernels,
    /// A multiple of the panel's rows.
    pub(super) first_row: usize,
    pub(super) rows: usize,
    /// For each number, [`matrix_stride`] apart, panels of a tile's columns, channel by channel.
    pub(super) patches: &'a [f32],
    /// A multiple of a tile's columns.
    pub(super) columns: usize,
    /// `[numbers, rows, columns]`, numbers [`matrix_stride`] apart.
    pub(super) out: &'a mut [f32],
}

impl WithSimd for PatchProducts<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match panel_rows::<S>() {
            8 => self.run::<S, 8, 3>(simd),
            _ => self.run::<S, 6, 2>(simd),
        }
    }
}

impl PatchProducts<'_> {
    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        let channels = self.kernels.depth;
        let width = VECTORS * S::F32_LANES;
        for number in 0..NUMBERS {
            let patches = &self.patches[number * matrix_stride(channels * self.columns)..];
            let out = &mut self.out[number * matrix_stride(self.rows * self.columns)..];
            for first in (0..channels).step_by(DEPTH_BLOCK) {
                let depth = (channels - first).min(DEPTH_BLOCK);
                for tile in (0..self.columns).step_by(width) {
                    let packed = &patches[tile * channels + first * width..][..depth * width];
                    for row in (0..self.rows).step_by(ROWS) {
                        let panel = (self.first_row + row) / ROWS;
                        let panel = self.kernels.panel(number, first, depth, panel);
                        let sums = product_tile::<S, ROWS, VECTORS>(simd, panel, packed);
                        for (sums, row) in sums.iter().zip(row..self.rows) {
                            let start = row * self.columns + tile;
                            let (out, _) = S::as_mut_simd_f32s(&mut out[start..start + width]);
                            for (out, &sum) in out.iter_mut().zip(sums) {
                                *out = if first > 0 {
                                    simd.add_f32s(*out, sum)
                                } else {
                                    sum
                                };
                            }
                        }
                    }
                }
            }
        }
    }
}
