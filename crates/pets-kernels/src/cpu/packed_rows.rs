//! The left factor of a matrix product, in the order in which the product reads it.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::lanes::has_many_registers;
use crate::instruction_set::dispatch;

/// Products are summed over this many terms at a time, so that a panel of the right factor stays in the first cache.
pub(crate) const DEPTH_BLOCK: usize = 256;

/// Rows in a panel, by the number of the machine's vector registers.
pub(crate) const fn panel_rows<S: Simd>() -> usize {
    if has_many_registers::<S>() { 8 } else { 6 }
}

/// A matrix cut into blocks of [`DEPTH_BLOCK`] columns and panels of a few rows; a panel lies column by column, and is
/// filled up with zero rows.
#[derive(Debug)]
pub(crate) struct PackedRows {
    data: Vec<f32>,
    panel_rows: usize,
    panels: usize,
    rows: usize,
    depth: usize,
}

impl PackedRows {
    /// Packs the matrix whose element in row `r` and column `d` is `element(r, d)`.
    pub(crate) fn new(
        rows: usize,
        depth: usize,
        element: impl Fn(usize, usize) -> f32 + Sync,
    ) -> Self {
        let panel_rows = dispatch(PanelRows);
        let panels = rows.div_ceil(panel_rows);
        let block_len = panels * panel_rows * DEPTH_BLOCK;
        let mut data = vec![0.0; panels * panel_rows * depth];
        data.par_chunks_mut(block_len.max(1))
            .enumerate()
            .for_each(|(block, data)| {
                let first = block * DEPTH_BLOCK;
                let depth = (depth - first).min(DEPTH_BLOCK);
                data.par_chunks_exact_mut(depth * panel_rows)
                    .enumerate()
                    .for_each(|(panel, data)| {
                        let rows = (panel * panel_rows..rows).take(panel_rows);
                        for (position, row) in rows.enumerate() {
                            let column = data[position..].iter_mut().step_by(panel_rows);
                            for (value, column) in column.zip(first..) {
                                *value = element(row, column);
                            }
                        }
                    });
            });
        Self {
            data,
            panel_rows,
            panels,
            rows,
            depth,
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    pub(crate) fn panel_rows(&self) -> usize {
        self.panel_rows
    }

    /// A panel within the block of columns that starts at `first` and has `depth` of them.
    #[inline(always)]
    pub(crate) fn panel(&self, first: usize, depth: usize, panel: usize) -> &[f32] {
        let start = (first * self.panels + panel * depth) * self.panel_rows;
        &self.data[start..start + depth * self.panel_rows]
    }
}

pub(crate) struct PanelRows;

impl WithSimd for PanelRows {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        panel_rows::<S>()
    }
}
