//! The largest number of each window.

use rayon::prelude::*;

use super::conv_shape::{ConvShape, positions};

/// `[batch, channels, output]` of `x`, `[batch, channels, input]`.
pub(crate) fn max_pool2d(x: &[f32], shape: &ConvShape) -> Vec<f32> {
    let windows = Windows::new(shape);
    let mut out = vec![0.0; shape.batch * shape.output_image()];
    out.par_chunks_exact_mut(shape.output_plane())
        .zip(x.par_chunks_exact(shape.input_plane()))
        .for_each(|(out, x)| {
            for (out, position) in out.iter_mut().zip(positions(shape.output)) {
                *out = x[windows.position_of_largest(x, position)];
            }
        });
    out
}

/// The gradient of the input, of that of the output and the input.
pub(crate) fn max_pool2d_input_gradient(
    gradient: &[f32],
    x: &[f32],
    shape: &ConvShape,
) -> Vec<f32> {
    let windows = Windows::new(shape);
    let mut out = vec![0.0; shape.batch * shape.input_image()];
    out.par_chunks_exact_mut(shape.input_plane())
        .zip(x.par_chunks_exact(shape.input_plane()))
        .zip(gradient.par_chunks_exact(shape.output_plane()))
        .for_each(|((out, x), gradient)| {
            for (&gradient, position) in gradient.iter().zip(positions(shape.output)) {
                out[windows.position_of_largest(x, position)] += gradient;
            }
        });
    out
}

/// The pixels of each window that lie in the input.
struct Windows {
    width: usize,
    /// First row and the row after the last, for each row of the output.
    rows: Vec<(usize, usize)>,
    /// The same of columns.
    columns: Vec<(usize, usize)>,
}

impl Windows {
    fn new(shape: &ConvShape) -> Self {
        let ranges = |axis: usize| {
            let (before, _) = shape.padding[axis];
            (0..shape.output[axis])
                .map(|position| {
                    let start = position * shape.stride[axis];
                    let end = start + shape.kernel[axis] - before;
                    (start.saturating_sub(before), end.min(shape.input[axis]))
                })
                .collect()
        };
        Self {
            width: shape.input[1],
            rows: ranges(0),
            columns: ranges(1),
        }
    }

    /// Where the largest number of a window lies in the plane: the first of equals, or the first NaN.
    #[inline]
    fn position_of_largest(&self, x: &[f32], [row, column]: [usize; 2]) -> usize {
        let (first_row, end_row) = self.rows[row];
        let (first, end) = self.columns[column];
        let mut position = first_row * self.width + first;
        let mut largest = x[position];
        for row in first_row..end_row {
            let start = row * self.width;
            for (offset, &value) in x[start + first..start + end].iter().enumerate() {
                if value > largest || (value.is_nan() && !largest.is_nan()) {
                    largest = value;
                    position = start + first + offset;
                }
            }
        }
        position
    }
}
