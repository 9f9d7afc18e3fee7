//! Dot products of the rows of two matrices.

use pulp::{Simd, WithSimd};

/// Rows of the right factor in a tile.
const TILE_RIGHT: usize = 3;

/// Rows are filled up with zeros to a multiple of this, the widest vector there is.
pub(crate) const ROW_MULTIPLE: usize = 16;

/// Adds `Σ_d left[r, d] · right[c, d]` to `out[r · row_stride + c]`, for all rows `r` of the left factor and `c` of the
/// right one.
pub(crate) struct DotProducts<'a> {
    pub(crate) left: &'a [f32],
    pub(crate) right: &'a [f32],
    /// Length of a row, a multiple of [`ROW_MULTIPLE`].
    pub(crate) depth: usize,
    pub(crate) out: &'a mut [f32],
    pub(crate) row_stride: usize,
}

impl WithSimd for DotProducts<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if S::REGISTER_COUNT >= 32 {
            self.run::<S, 8>(simd);
        } else {
            self.run::<S, 4>(simd);
        }
    }
}

impl DotProducts<'_> {
    #[inline(always)]
    fn run<S: Simd, const ROWS: usize>(mut self, simd: S) {
        let (left, right) = (self.left, self.right);
        for (panel, left) in left.chunks(ROWS * self.depth).enumerate() {
            for (columns, right) in right.chunks(TILE_RIGHT * self.depth).enumerate() {
                let start = panel * ROWS * self.row_stride + columns * TILE_RIGHT;
                if left.len() == ROWS * self.depth && right.len() == TILE_RIGHT * self.depth {
                    self.add_tile::<S, ROWS, TILE_RIGHT>(simd, left, right, start);
                    continue;
                }
                for (row, left) in left.chunks_exact(self.depth).enumerate() {
                    for (column, right) in right.chunks_exact(self.depth).enumerate() {
                        let start = start + row * self.row_stride + column;
                        self.add_tile::<S, 1, 1>(simd, left, right, start);
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn add_tile<S: Simd, const ROWS: usize, const COLUMNS: usize>(
        &mut self,
        simd: S,
        left: &[f32],
        right: &[f32],
        start: usize,
    ) {
        let steps = self.depth / S::F32_LANES;
        let left: [&[S::f32s]; ROWS] = rows::<S, ROWS>(left, self.depth, steps);
        let right: [&[S::f32s]; COLUMNS] = rows::<S, COLUMNS>(right, self.depth, steps);
        let mut sums = [[simd.splat_f32s(0.0); COLUMNS]; ROWS];
        for step in 0..steps {
            let right = right.map(|row| row[step]);
            for (sums, left) in sums.iter_mut().zip(&left) {
                for (sum, &right) in sums.iter_mut().zip(&right) {
                    *sum = simd.mul_add_e_f32s(left[step], right, *sum);
                }
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            let start = start + row * self.row_stride;
            for (out, &sum) in self.out[start..start + COLUMNS].iter_mut().zip(sums) {
                *out += simd.reduce_sum_f32s(sum);
            }
        }
    }
}

/// The first `N` rows of a matrix, each as `steps` vectors.
#[inline(always)]
fn rows<S: Simd, const N: usize>(matrix: &[f32], depth: usize, steps: usize) -> [&[S::f32s]; N] {
    let mut rows: [&[S::f32s]; N] = [&[]; N];
    for (row, values) in rows.iter_mut().zip(matrix.chunks_exact(depth)) {
        *row = &S::as_simd_f32s(values).0[..steps];
    }
    rows
}
