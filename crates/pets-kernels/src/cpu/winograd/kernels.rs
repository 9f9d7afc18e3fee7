//! The transformed weights.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::NUMBERS;
use super::transforms::{Kernel, along_both_axes};
use crate::cpu::lanes::MAX_LANES;
use crate::cpu::packed_rows::{DEPTH_BLOCK, PanelRows, panel_rows};
use crate::instruction_set::dispatch;

/// Numbers of a kernel.
pub(in crate::cpu) const TAPS: usize = 9;

/// `G g Gᵀ` of each kernel: for each of its numbers a matrix `[rows, depth]` of output and input channels, cut into
/// blocks of [`DEPTH_BLOCK`] columns and panels of a few rows; a panel lies column by column. The panels of all numbers
/// stand together.
pub(super) struct TransformedKernels {
    data: Vec<f32>,
    pub(super) panel_rows: usize,
    panels: usize,
    pub(super) depth: usize,
}

impl TransformedKernels {
    /// Transforms the kernels that `kernel(row, column)` gives.
    pub(super) fn new(
        rows: usize,
        depth: usize,
        kernel: impl Fn(usize, usize) -> [f32; TAPS] + Sync,
    ) -> Self {
        let panel_rows = dispatch(PanelRows);
        let panels = rows.div_ceil(panel_rows);
        let column = NUMBERS * panel_rows;
        let mut data = vec![0.0; panels * column * depth];
        data.par_chunks_mut(panels * column * DEPTH_BLOCK)
            .enumerate()
            .for_each(|(block, data)| {
                let first_column = block * DEPTH_BLOCK;
                let columns = (depth - first_column).min(DEPTH_BLOCK);
                data.par_chunks_exact_mut(column * columns)
                    .enumerate()
                    .for_each(|(panel, out)| {
                        let first_row = panel * panel_rows;
                        dispatch(KernelTransform {
                            kernel: &kernel,
                            first_row,
                            rows: (rows - first_row).min(panel_rows),
                            first_column,
                            columns,
                            out,
                        });
                    });
            });
        Self {
            data,
            panel_rows,
            panels,
            depth,
        }
    }

    /// One number of a panel's kernels, within the block of columns that starts at `first` and has `depth` of them.
    #[inline(always)]
    pub(super) fn panel(&self, number: usize, first: usize, depth: usize, panel: usize) -> &[f32] {
        let start = first * self.panels * NUMBERS + (panel * NUMBERS + number) * depth;
        &self.data[start * self.panel_rows..][..depth * self.panel_rows]
    }
}

/// The transformed kernels of one panel within a block of columns.
struct KernelTransform<'a, F> {
    kernel: &'a F,
    first_row: usize,
    rows: usize,
    first_column: usize,
    columns: usize,
    out: &'a mut [f32],
}

impl<F: Fn(usize, usize) -> [f32; TAPS]> WithSimd for KernelTransform<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match panel_rows::<S>() {
            8 => self.run::<S, 8>(simd),
            _ => self.run::<S, 6>(simd),
        }
    }
}

impl<F: Fn(usize, usize) -> [f32; TAPS]> KernelTransform<'_, F> {
    #[inline(always)]
    fn run<S: Simd, const ROWS: usize>(self, simd: S) {
        let number_len = self.columns * ROWS;
        // The rows of the panel are the lanes.
        let mut taps = [[0.0; MAX_LANES]; TAPS];
        let mut numbers = [[0.0; MAX_LANES]; NUMBERS];
        for column in 0..self.columns {
            for row in 0..self.rows {
                let kernel = (self.kernel)(self.first_row + row, self.first_column + column);
                for (tap, value) in taps.iter_mut().zip(kernel) {
                    tap[row] = value;
                }
            }
            for vector in 0..ROWS.div_ceil(S::F32_LANES) {
                let mut kernel = [[simd.splat_f32s(0.0); 3]; 3];
                for (value, tap) in kernel.as_flattened_mut().iter_mut().zip(&taps) {
                    *value = S::as_simd_f32s(tap).0[vector];
                }
                let transformed = along_both_axes(simd, Kernel, &kernel);
                for (number, &value) in numbers.iter_mut().zip(transformed.as_flattened()) {
                    S::as_mut_simd_f32s(number).0[vector] = value;
                }
            }
            for (number, values) in numbers.iter().enumerate() {
                let start = number * number_len + column * ROWS;
                self.out[start..start + ROWS].copy_from_slice(&values[..ROWS]);
            }
        }
    }
}
