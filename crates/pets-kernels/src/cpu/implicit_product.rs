//! A matrix product whose right factor is read from an image, element by offset.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::packed_rows::{DEPTH_BLOCK, PackedRows, panel_rows};
use super::product_tile::{MAX_TILE_COLUMNS, product_tile};
use crate::activation::Activation;

/// Columns for which the right factor is packed at a time, which stay in the second cache; a multiple of every tile's
/// width.
const COLUMNS_PACKED: usize = 192;

/// Where a column of the product is read and written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Added to each of the offsets of the summands.
    pub(crate) source: usize,
    /// Added to the start of each row of the output.
    pub(crate) target: usize,
}

/// What is done to a complete sum: `activation(sum + shift + residual)`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finish<'a> {
    /// A number for each row.
    pub(crate) shift: Option<&'a [f32]>,
    /// As long as the output.
    pub(crate) residual: Option<&'a [f32]>,
    pub(crate) activation: Activation,
}

impl Finish<'_> {
    /// Leaves the sums as they are.
    pub(crate) const NONE: Self = Self {
        shift: None,
        residual: None,
        activation: Activation::Identity,
    };

    /// The same for a part of the output.
    pub(crate) fn of_part(self, part: Range<usize>) -> Self {
        Self {
            residual: self.residual.map(|residual| &residual[part]),
            ..self
        }
    }

    /// Finishes neighbouring sums of one row, in place.
    #[inline(always)]
    pub(crate) fn apply<S: Simd>(
        &self,
        simd: S,
        row: usize,
        residual: Option<&[f32]>,
        sums: &mut [f32],
    ) {
        let shift = self.shift.map(|shift| shift[row]);
        if shift.is_none() && residual.is_none() && self.activation == Activation::Identity {
            return;
        }
        let shift = shift.unwrap_or_default();
        let shifts = simd.splat_f32s(shift);
        let (vectors, tail) = S::as_mut_simd_f32s(sums);
        if let Some(residual) = residual {
            let (residuals, residual_tail) = S::as_simd_f32s(residual);
            for (sum, &residual) in vectors.iter_mut().zip(residuals) {
                let shifted = simd.add_f32s(simd.add_f32s(*sum, shifts), residual);
                *sum = self.activation.apply_simd(simd, shifted);
            }
            for (sum, residual) in tail.iter_mut().zip(residual_tail) {
                *sum = self.activation.apply(*sum + shift + residual);
            }
        } else {
            for sum in vectors {
                *sum = self
                    .activation
                    .apply_simd(simd, simd.add_f32s(*sum, shifts));
            }
            for sum in tail {
                *sum = self.activation.apply(*sum + shift);
            }
        }
    }
}

/// `out[r · row_stride + target(c)] = finish(Σ_d rows[r, d] · source[summands[d] + source(c)])`.
///
/// The sum runs over `d` in blocks of fixed length, so an element does not depend on how rows and columns are divided
/// among threads.
pub(crate) struct ImplicitProduct<'a> {
    pub(crate) rows: &'a PackedRows,
    /// The rows to compute; starts at a multiple of the panel's rows. The first of them is at the start of `out`.
    pub(crate) range: Range<usize>,
    pub(crate) source: &'a [f32],
    pub(crate) summands: &'a [usize],
    /// In rising order of both offsets.
    pub(crate) columns: &'a [Column],
    pub(crate) out: &'a mut [f32],
    pub(crate) row_stride: usize,
    pub(crate) finish: Finish<'a>,
    /// [`packing_len`] numbers to work in.
    pub(crate) packing: &'a mut [f32],
}

/// Numbers that an [`ImplicitProduct`] needs to work in: the copy of a run may write past the end of the last panel.
pub(crate) const fn packing_len() -> usize {
    COLUMNS_PACKED * DEPTH_BLOCK + MAX_TILE_COLUMNS
}

impl WithSimd for ImplicitProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match panel_rows::<S>() {
            8 => self.run::<S, 8, 3>(simd),
            _ => self.run::<S, 6, 2>(simd),
        }
    }
}

impl ImplicitProduct<'_> {
    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(mut self, simd: S) {
        let width = VECTORS * S::F32_LANES;
        let columns = self.columns;
        for columns in columns.chunks(COLUMNS_PACKED) {
            for first in (0..self.rows.depth()).step_by(DEPTH_BLOCK) {
                let depth = (self.rows.depth() - first).min(DEPTH_BLOCK);
                let summands = &self.summands[first..first + depth];
                for (tile, columns) in columns.chunks(width).enumerate() {
                    let start = tile * depth * width;
                    let packed = &mut self.packing[start..start + depth * width + MAX_TILE_COLUMNS];
                    pack::<S, VECTORS>(self.source, summands, columns, packed);
                }
                self.multiply::<S, ROWS, VECTORS>(simd, first, depth, columns);
            }
        }
    }

    #[inline(always)]
    fn multiply<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &mut self,
        simd: S,
        first: usize,
        depth: usize,
        columns: &[Column],
    ) {
        let width = VECTORS * S::F32_LANES;
        let adds = first > 0;
        let finish = (first + depth == self.rows.depth()).then_some(self.finish);
        for (columns, packed) in columns
            .chunks(width)
            .zip(self.packing.chunks_exact(depth * width))
        {
            let target = columns[0].target;
            let contiguous =
                columns.len() == width && columns[width - 1].target == target + width - 1;
            for row in self.range.clone().step_by(ROWS) {
                let panel = self.rows.panel(first, depth, row / ROWS);
                let sums = product_tile::<S, ROWS, VECTORS>(simd, panel, packed);
                let tile = Tile {
                    out: self.out,
                    row,
                    rows: ROWS.min(self.range.end - row),
                    start: (row - self.range.start) * self.row_stride,
                    row_stride: self.row_stride,
                    adds,
                    finish,
                };
                if contiguous {
                    tile.store(simd, target, &sums);
                } else {
                    tile.scatter(simd, columns, &sums);
                }
            }
        }
    }
}

/// Packs the right factor's elements for one tile's columns, row by row; the last row may be written past its end.
#[inline(always)]
fn pack<S: Simd, const VECTORS: usize>(
    source: &[f32],
    summands: &[usize],
    columns: &[Column],
    packed: &mut [f32],
) {
    let width = VECTORS * S::F32_LANES;
    let mut runs = [(0, 0, 0); MAX_RUNS];
    let Some(count) = find_runs(columns, &mut runs) else {
        for (row, &summand) in summands.iter().enumerate() {
            for (value, column) in packed[row * width..].iter_mut().zip(columns) {
                *value = source[summand + column.source];
            }
        }
        return;
    };
    for (row, &summand) in summands.iter().enumerate() {
        for &(first, offset, len) in &runs[..count] {
            let from = summand + offset;
            let to = row * width + first;
            // A whole tile's width is faster to copy than a length that varies; the next run overwrites the surplus.
            match (
                source.get(from..from + width),
                packed.get_mut(to..to + width),
            ) {
                (Some(source), Some(packed)) => copy::<S, VECTORS>(source, packed),
                _ => packed[to..to + len].copy_from_slice(&source[from..from + len]),
            }
        }
    }
}

/// More runs than this are not worth a copy each.
const MAX_RUNS: usize = 8;

/// Cuts the columns into runs that are neighbours in the source: position of the first, its offset, length.
#[inline(always)]
fn find_runs(columns: &[Column], runs: &mut [(usize, usize, usize); MAX_RUNS]) -> Option<usize> {
    let mut count = 0;
    for (position, column) in columns.iter().enumerate() {
        if count > 0 {
            let (_, offset, len) = &mut runs[count - 1];
            if *offset + *len == column.source {
                *len += 1;
                continue;
            }
        }
        *runs.get_mut(count)? = (position, column.source, 1);
        count += 1;
    }
    Some(count)
}

#[inline(always)]
fn copy<S: Simd, const VECTORS: usize>(source: &[f32], out: &mut [f32]) {
    let source = S::as_simd_f32s(source).0.first_chunk::<VECTORS>();
    let out = S::as_mut_simd_f32s(out).0.first_chunk_mut::<VECTORS>();
    if let (Some(source), Some(out)) = (source, out) {
        *out = *source;
    }
}

/// Where and how the sums of a tile are stored.
struct Tile<'a, 'f> {
    out: &'a mut [f32],
    /// The tile's first row in the whole matrix.
    row: usize,
    rows: usize,
    /// Where that row starts in the output.
    start: usize,
    row_stride: usize,
    /// Whether the output holds the sum of the blocks before.
    adds: bool,
    finish: Option<Finish<'f>>,
}

impl Tile<'_, '_> {
    #[inline(always)]
    fn store<S: Simd, const ROWS: usize, const VECTORS: usize>(
        self,
        simd: S,
        target: usize,
        sums: &[[S::f32s; VECTORS]; ROWS],
    ) {
        let width = VECTORS * S::F32_LANES;
        for (row, sums) in sums.iter().take(self.rows).enumerate() {
            let start = self.start + row * self.row_stride + target;
            let (out, _) = S::as_mut_simd_f32s(&mut self.out[start..start + width]);
            let Some(finish) = self.finish else {
                for (out, &sum) in out.iter_mut().zip(sums) {
                    *out = if self.adds {
                        simd.add_f32s(*out, sum)
                    } else {
                        sum
                    };
                }
                continue;
            };
            let shift = finish.shift.map_or(0.0, |shift| shift[self.row + row]);
            let shift = simd.splat_f32s(shift);
            let residual = finish
                .residual
                .map(|residual| S::as_simd_f32s(&residual[start..start + width]).0);
            for (vector, (out, &sum)) in out.iter_mut().zip(sums).enumerate() {
                let mut sum = simd.add_f32s(sum, shift);
                if self.adds {
                    sum = simd.add_f32s(*out, sum);
                }
                if let Some(residual) = residual {
                    sum = simd.add_f32s(sum, residual[vector]);
                }
                *out = finish.activation.apply_simd(simd, sum);
            }
        }
    }

    #[inline(always)]
    fn scatter<S: Simd, const ROWS: usize, const VECTORS: usize>(
        self,
        _: S,
        columns: &[Column],
        sums: &[[S::f32s; VECTORS]; ROWS],
    ) {
        let mut row_sums = [0.0; MAX_TILE_COLUMNS];
        for (row, sums) in sums.iter().take(self.rows).enumerate() {
            let (vectors, _) = S::as_mut_simd_f32s(&mut row_sums);
            for (out, &sum) in vectors.iter_mut().zip(sums) {
                *out = sum;
            }
            let shift = self
                .finish
                .and_then(|finish| finish.shift)
                .map_or(0.0, |shift| shift[self.row + row]);
            let start = self.start + row * self.row_stride;
            for (&sum, column) in row_sums.iter().zip(columns) {
                let index = start + column.target;
                let mut sum = if self.adds {
                    self.out[index] + (sum + shift)
                } else {
                    sum + shift
                };
                if let Some(finish) = self.finish {
                    if let Some(residual) = finish.residual {
                        sum += residual[index];
                    }
                    sum = finish.activation.apply(sum);
                }
                self.out[index] = sum;
            }
        }
    }
}
