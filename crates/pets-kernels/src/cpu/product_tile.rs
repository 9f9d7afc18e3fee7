//! The innermost step of a matrix product: a tile of sums that stays in registers.

use pulp::{Simd, WithSimd};

use super::lanes::MAX_LANES;
use super::packed_rows::panel_rows;

/// Vectors of columns in a tile: all sums are in registers, and leave room for their factors.
pub(super) const fn tile_vectors<S: Simd>() -> usize {
    if panel_rows::<S>() == 8 { 3 } else { 2 }
}

/// Columns of the widest tile.
pub(super) const MAX_TILE_COLUMNS: usize = 3 * MAX_LANES;

/// Columns of a tile on this machine.
pub(super) struct TileColumns;

impl WithSimd for TileColumns {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        tile_vectors::<S>() * S::F32_LANES
    }
}

/// The sums of products of a panel's rows and a tile's columns; both lie summand by summand.
#[inline(always)]
pub(super) fn product_tile<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    panel: &[f32],
    packed: &[f32],
) -> [[S::f32s; VECTORS]; ROWS] {
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    let (rows, _) = panel.as_chunks::<ROWS>();
    let (packed, _) = S::as_simd_f32s(packed);
    let (columns, _) = packed.as_chunks::<VECTORS>();
    for (row, column) in rows.iter().zip(columns) {
        for (sums, &factor) in sums.iter_mut().zip(row) {
            let factor = simd.splat_f32s(factor);
            for (sum, &value) in sums.iter_mut().zip(column) {
                *sum = simd.mul_add_e_f32s(factor, value, *sum);
            }
        }
    }
    sums
}
