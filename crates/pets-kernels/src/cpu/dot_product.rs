//! Dot products of the rows of two matrices.

use pulp::{Simd, WithSimd};

use super::lanes::{MAX_LANES, has_many_registers};

/// Rows of the right factor in a tile.
const TILE_RIGHT: usize = 3;

/// Rows are filled up with zeros to a multiple of this, the widest vector there is.
pub(crate) const ROW_MULTIPLE: usize = MAX_LANES;

/// Rows that start at equal distances.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) numbers: &'a [f32],
    pub(crate) stride: usize,
    pub(crate) count: usize,
}

impl<'a> Rows<'a> {
    /// `N` rows from `first` on, each as vectors of `depth` numbers in all.
    #[inline(always)]
    fn vectors<S: Simd, const N: usize>(self, first: usize, depth: usize) -> [&'a [S::f32s]; N] {
        let mut rows: [&[S::f32s]; N] = [&[]; N];
        for (row, vectors) in rows.iter_mut().enumerate() {
            let start = (first + row) * self.stride;
            *vectors = S::as_simd_f32s(&self.numbers[start..start + depth]).0;
        }
        rows
    }
}

/// Adds `Σ_d left[r, d] · right[c, d]` to `out[r · row_stride + c]`, for all rows `r` of the left factor and `c` of the
/// right one.
pub(crate) struct DotProducts<'a> {
    pub(crate) left: Rows<'a>,
    pub(crate) right: Rows<'a>,
    /// Length of a row, a multiple of [`ROW_MULTIPLE`].
    pub(crate) depth: usize,
    pub(crate) out: &'a mut [f32],
    pub(crate) row_stride: usize,
}

impl WithSimd for DotProducts<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if has_many_registers::<S>() {
            self.run::<S, 8>(simd);
        } else {
            self.run::<S, 4>(simd);
        }
    }
}

impl DotProducts<'_> {
    #[inline(always)]
    fn run<S: Simd, const ROWS: usize>(mut self, simd: S) {
        for row in (0..self.left.count).step_by(ROWS) {
            for column in (0..self.right.count).step_by(TILE_RIGHT) {
                if row + ROWS <= self.left.count && column + TILE_RIGHT <= self.right.count {
                    self.add_tile::<S, ROWS, TILE_RIGHT>(simd, row, column);
                    continue;
                }
                for row in (row..self.left.count).take(ROWS) {
                    for column in (column..self.right.count).take(TILE_RIGHT) {
                        self.add_tile::<S, 1, 1>(simd, row, column);
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn add_tile<S: Simd, const ROWS: usize, const COLUMNS: usize>(
        &mut self,
        simd: S,
        row: usize,
        column: usize,
    ) {
        let left = self.left.vectors::<S, ROWS>(row, self.depth);
        let right = self.right.vectors::<S, COLUMNS>(column, self.depth);
        let mut sums = [[simd.splat_f32s(0.0); COLUMNS]; ROWS];
        for step in 0..self.depth / S::F32_LANES {
            let right = right.map(|row| row[step]);
            for (sums, left) in sums.iter_mut().zip(&left) {
                for (sum, &right) in sums.iter_mut().zip(&right) {
                    *sum = simd.mul_add_e_f32s(left[step], right, *sum);
                }
            }
        }
        for (sums, row) in sums.iter().zip(row..) {
            let start = row * self.row_stride + column;
            for (out, &sum) in self.out[start..start + COLUMNS].iter_mut().zip(sums) {
                *out += simd.reduce_sum_f32s(sum);
            }
        }
    }
}
