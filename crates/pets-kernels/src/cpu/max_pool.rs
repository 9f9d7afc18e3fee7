//! The largest number of each window.
//!
//! For a row of windows the largest number of each column of pixels is found first, then the largest of neighbouring
//! columns, both for many columns at once.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::conv_shape::ConvShape;
use super::lanes::{MAX_LANES, select};
use crate::instruction_set::dispatch;

/// `[batch, channels, output]` of `x`, `[batch, channels, input]`.
pub(crate) fn max_pool2d(x: &[f32], shape: &ConvShape) -> Vec<f32> {
    let mut out = vec![0.0; shape.batch * shape.output_image()];
    out.par_chunks_exact_mut(shape.output_plane())
        .zip(x.par_chunks_exact(shape.input_plane()))
        .for_each_init(
            || WindowRow::new(shape),
            |windows, (out, x)| {
                for (row, out) in out.chunks_exact_mut(shape.output[1]).enumerate() {
                    windows.search(x, row);
                    for (out, (largest, _)) in out.iter_mut().zip(windows.windows()) {
                        *out = largest;
                    }
                }
            },
        );
    out
}

/// The gradient of the input, of that of the output and the input.
pub(crate) fn max_pool2d_input_gradient(
    gradient: &[f32],
    x: &[f32],
    shape: &ConvShape,
) -> Vec<f32> {
    let mut out = vec![0.0; shape.batch * shape.input_image()];
    out.par_chunks_exact_mut(shape.input_plane())
        .zip(x.par_chunks_exact(shape.input_plane()))
        .zip(gradient.par_chunks_exact(shape.output_plane()))
        .for_each_init(
            || WindowRow::new(shape),
            |windows, ((out, x), gradient)| {
                for (row, gradient) in gradient.chunks_exact(shape.output[1]).enumerate() {
                    windows.search(x, row);
                    for (gradient, (_, position)) in gradient.iter().zip(windows.windows()) {
                        out[position] += gradient;
                    }
                }
            },
        );
    out
}

/// The largest numbers of the windows of a row, and where they are; all by columns of the padded input, which ends in a
/// whole vector.
struct WindowRow<'a> {
    shape: &'a ConvShape,
    /// Numbers of the columns, ∞ outside of the input.
    columns: Vec<f32>,
    /// A row of the input, -∞ around it.
    line: Vec<f32>,
    largest: Vec<f32>,
    /// Positions in the plane, row by row: a number that is exact for planes of up to 2²⁴ pixels.
    positions: Vec<f32>,
}

impl<'a> WindowRow<'a> {
    fn new(shape: &'a ConvShape) -> Self {
        let (before, after) = shape.padding[1];
        let width = shape.input[1];
        let padded = (before + width + after).next_multiple_of(MAX_LANES);
        // The last windows reach over the end.
        let len = padded + shape.kernel[1] + MAX_LANES;
        let mut columns = vec![f32::INFINITY; len];
        for (number, column) in columns[before..before + width].iter_mut().enumerate() {
            *column = number as f32;
        }
        Self {
            shape,
            columns,
            line: vec![f32::NEG_INFINITY; len],
            largest: vec![f32::NEG_INFINITY; len],
            positions: vec![f32::INFINITY; len],
        }
    }

    /// Finds the largest number of each window of a row of the output.
    fn search(&mut self, plane: &[f32], row: usize) {
        let shape = self.shape;
        let (above, _) = shape.padding[0];
        let start = row * shape.stride[0];
        let rows =
            start.saturating_sub(above)..(start + shape.kernel[0] - above).min(shape.input[0]);
        self.largest.fill(f32::NEG_INFINITY);
        self.positions.fill(f32::INFINITY);
        let width = shape.input[1];
        let (before, _) = shape.padding[1];
        for row in rows {
            let first = row * width;
            self.line[before..before + width].copy_from_slice(&plane[first..first + width]);
            dispatch(SearchColumns {
                line: &self.line,
                columns: &self.columns,
                first: first as f32,
                largest: &mut self.largest,
                positions: &mut self.positions,
            });
        }
        dispatch(SearchRows {
            columns: shape.kernel[1],
            largest: &mut self.largest,
            positions: &mut self.positions,
        });
    }

    /// The largest number of each window, and its position in the plane.
    fn windows(&self) -> impl Iterator<Item = (f32, usize)> {
        let windows = self.largest.iter().zip(&self.positions);
        windows
            .step_by(self.shape.stride[1])
            .map(|(&largest, &position)| (largest, position as usize))
    }
}

/// Compares a row of the input with the largest numbers of the rows before.
struct SearchColumns<'a> {
    line: &'a [f32],
    columns: &'a [f32],
    /// Position of the row's first number.
    first: f32,
    largest: &'a mut [f32],
    positions: &'a mut [f32],
}

impl WithSimd for SearchColumns<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let first = simd.splat_f32s(self.first);
        let line = S::as_simd_f32s(self.line).0.iter();
        let columns = S::as_simd_f32s(self.columns).0;
        let largest = S::as_mut_simd_f32s(self.largest).0;
        let positions = S::as_mut_simd_f32s(self.positions).0;
        for (((&value, &column), largest), position) in
            line.zip(columns).zip(largest).zip(positions)
        {
            let candidate = (value, simd.add_f32s(column, first));
            (*largest, *position) = first_largest(simd, (*largest, *position), candidate);
        }
    }
}

/// Takes for each column the largest of those of the window that starts there.
struct SearchRows<'a> {
    /// Width of a window.
    columns: usize,
    largest: &'a mut [f32],
    positions: &'a mut [f32],
}

impl WithSimd for SearchRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let len = self.largest.len() - self.columns - MAX_LANES;
        for first in (0..len).step_by(S::F32_LANES) {
            let mut best = self.vectors::<S>(first);
            for column in first + 1..first + self.columns {
                best = first_largest(simd, best, self.vectors::<S>(column));
            }
            S::as_mut_simd_f32s(&mut self.largest[first..]).0[0] = best.0;
            S::as_mut_simd_f32s(&mut self.positions[first..]).0[0] = best.1;
        }
    }
}

impl SearchRows<'_> {
    #[inline(always)]
    fn vectors<S: Simd>(&self, first: usize) -> (S::f32s, S::f32s) {
        let columns = first..first + S::F32_LANES;
        (
            S::as_simd_f32s(&self.largest[columns.clone()]).0[0],
            S::as_simd_f32s(&self.positions[columns]).0[0],
        )
    }
}

/// Of two numbers and their positions the larger one, the first of equals, or the first NaN.
#[inline(always)]
fn first_largest<S: Simd>(
    simd: S,
    best: (S::f32s, S::f32s),
    candidate: (S::f32s, S::f32s),
) -> (S::f32s, S::f32s) {
    let best_is_number = simd.equal_f32s(best.0, best.0);
    let candidate_is_nan = simd.not_m32s(simd.equal_f32s(candidate.0, candidate.0));
    let larger = simd.or_m32s(
        simd.greater_than_f32s(candidate.0, best.0),
        simd.and_m32s(candidate_is_nan, best_is_number),
    );
    let equal = simd.or_m32s(
        simd.equal_f32s(candidate.0, best.0),
        simd.and_m32s(candidate_is_nan, simd.not_m32s(best_is_number)),
    );
    let earlier = simd.less_than_f32s(candidate.1, best.1);
    let takes = simd.or_m32s(larger, simd.and_m32s(equal, earlier));
    (
        select(simd, takes, candidate.0, best.0),
        select(simd, takes, candidate.1, best.1),
    )
}
