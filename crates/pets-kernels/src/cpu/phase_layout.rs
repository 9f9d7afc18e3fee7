//! Zero-padded planes, sorted so that a strided convolution reads neighbours.

use super::conv_shape::ConvShape;
use crate::convolution::Padding;

/// How the pixels of a padded plane lie: pixels with equal remainders modulo the stride stand together, as `stride²`
/// smaller planes. Neighbouring outputs of a convolution with that stride then read neighbouring pixels; with stride 1
/// the plane is in its usual order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PhaseLayout {
    input: [usize; 2],
    stride: [usize; 2],
    padding: [usize; 2],
    /// Height and width of one of the smaller planes.
    pub(crate) phase: [usize; 2],
}

impl PhaseLayout {
    /// The layout in which the convolution `shape` reads its input.
    pub(crate) fn of_input(shape: &ConvShape) -> Self {
        let size = |axis: usize| {
            let (before, after) = shape.padding[axis];
            (shape.input[axis] + before + after).div_ceil(shape.stride[axis])
        };
        Self {
            input: shape.input,
            stride: shape.stride,
            padding: [shape.padding[0].0, shape.padding[1].0],
            phase: [size(0), size(1)],
        }
    }

    /// The layout in which patches of 4×4 pixels in steps of 2 are read, as many as `tiles`.
    pub(crate) fn of_patches(shape: &ConvShape, tiles: [usize; 2]) -> Self {
        Self {
            input: shape.input,
            stride: [2, 2],
            padding: [shape.padding[0].0, shape.padding[1].0],
            phase: tiles.map(|tiles| tiles + 1),
        }
    }

    /// The layout in which the output's gradient is read to give the input's: in its usual order, with this padding.
    ///
    /// The input's padded pixel `stride · q + phase` was multiplied by the weights `stride · t + phase`, for outputs
    /// `q - t`.
    pub(crate) fn of_output_gradient(shape: &ConvShape) -> (Self, Padding) {
        let padding = [0, 1].map(|axis| {
            let last = (shape.input[axis] - 1 + shape.padding[axis].0) / shape.stride[axis];
            (
                shape.kernel[axis].div_ceil(shape.stride[axis]) - 1,
                (last + 1).saturating_sub(shape.output[axis]),
            )
        });
        let layout = Self {
            input: shape.output,
            stride: [1, 1],
            padding: [padding[0].0, padding[1].0],
            phase: [0, 1].map(|axis| padding[axis].0 + shape.output[axis] + padding[axis].1),
        };
        (layout, padding)
    }

    /// Numbers in a plane.
    pub(crate) fn plane(&self) -> usize {
        self.stride[0] * self.stride[1] * self.phase[0] * self.phase[1]
    }

    /// Where the pixel of a padded position lies.
    pub(crate) fn offset(&self, [y, x]: [usize; 2]) -> usize {
        let phase = y % self.stride[0] * self.stride[1] + x % self.stride[1];
        (phase * self.phase[0] + y / self.stride[0]) * self.phase[1] + x / self.stride[1]
    }

    /// Writes a plane in this layout; `out` has [`plane`](Self::plane) numbers.
    #[inline(always)]
    pub(crate) fn fill(&self, plane: &[f32], out: &mut [f32]) {
        out.fill(0.0);
        let [_, width] = self.input;
        if self.stride == [1, 1] {
            let rows = out.chunks_exact_mut(self.phase[1]).skip(self.padding[0]);
            for (out, row) in rows.zip(plane.chunks_exact(width)) {
                out[self.padding[1]..self.padding[1] + width].copy_from_slice(row);
            }
            return;
        }
        for (y, row) in plane.chunks_exact(width).enumerate() {
            let y = y + self.padding[0];
            for first in 0..self.stride[1].min(width) {
                let start = self.offset([y, first + self.padding[1]]);
                every_nth(&row[first..], self.stride[1], &mut out[start..]);
            }
        }
    }
}

/// Copies the first of `values` and each `stride`-th after it.
#[inline(always)]
fn every_nth(values: &[f32], stride: usize, out: &mut [f32]) {
    // In pairs the compiler finds vectors.
    let (pairs, last) = values.as_chunks::<2>();
    if stride == 2 {
        for (out, [value, _]) in out.iter_mut().zip(pairs) {
            *out = *value;
        }
        if let [last] = last {
            out[pairs.len()] = *last;
        }
        return;
    }
    for (out, &value) in out.iter_mut().zip(values.iter().step_by(stride)) {
        *out = value;
    }
}
