//! Zero-padded planes, sorted so that a strided convolution reads neighbours.

use std::ops::Range;

use super::conv_shape::ConvShape;
use crate::padding::Padding;

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

    /// The layout in which patches in steps of `step` are read, whose pixels lie in as many steps as `phase` says.
    pub(crate) fn of_tiles(
        input: [usize; 2],
        padding: [usize; 2],
        step: usize,
        phase: [usize; 2],
    ) -> Self {
        Self {
            input,
            stride: [step; 2],
            padding,
            phase,
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
    #[inline(always)]
    pub(crate) fn offset(&self, [y, x]: [usize; 2]) -> usize {
        let phase = y % self.stride[0] * self.stride[1] + x % self.stride[1];
        (phase * self.phase[0] + y / self.stride[0]) * self.phase[1] + x / self.stride[1]
    }

    /// Writes a plane in this layout; `out` has [`plane`](Self::plane) numbers.
    #[inline(always)]
    pub(crate) fn fill(&self, plane: &[f32], out: &mut [f32]) {
        out.fill(0.0);
        self.fill_rows(plane, 0..self.input[0], out);
    }

    /// Writes the pixels of some rows; what lies around the plane stays as it is.
    #[inline(always)]
    pub(crate) fn fill_rows(&self, plane: &[f32], rows: Range<usize>, out: &mut [f32]) {
        let [_, width] = self.input;
        let lines = plane[rows.start * width..rows.end * width].chunks_exact(width);
        for (line, row) in lines.zip(rows) {
            let row = row + self.padding[0];
            if self.stride == [1, 1] {
                let start = row * self.phase[1] + self.padding[1];
                out[start..start + width].copy_from_slice(line);
                continue;
            }
            let [_, stride] = self.stride;
            let start = self.offset([row, 0]);
            let planes = &mut out[start..];
            let plane = self.phase[0] * self.phase[1];
            match stride {
                2 => deinterleave::<2>(line, self.padding[1], planes, plane),
                4 => deinterleave::<4>(line, self.padding[1], planes, plane),
                _ => {
                    for (value, column) in line.iter().zip(self.padding[1]..) {
                        planes[column % stride * plane + column / stride] = *value;
                    }
                }
            }
        }
    }

    /// The rows of the plane that are among the given ones of the padded plane.
    pub(crate) fn unpadded_rows(&self, padded: Range<usize>) -> Range<usize> {
        let row = |padded: usize| padded.saturating_sub(self.padding[0]).min(self.input[0]);
        row(padded.start)..row(padded.end)
    }

    /// Numbers in a plane of the input.
    pub(crate) fn input_plane(&self) -> usize {
        self.input[0] * self.input[1]
    }
}

/// Deals a line that starts at `column` out to `N` planes, `distance` apart.
#[inline(always)]
fn deinterleave<const N: usize>(line: &[f32], column: usize, planes: &mut [f32], distance: usize) {
    let mut lines: [&mut [f32]; N] = std::array::from_fn(|_| Default::default());
    for (line, plane) in lines.iter_mut().zip(planes.chunks_mut(distance)) {
        *line = plane;
    }
    let head = ((N - column % N) % N).min(line.len());
    let (before, line) = line.split_at(head);
    for (&value, column) in before.iter().zip(column..) {
        lines[column % N][column / N] = value;
    }
    let first = (column + head) / N;
    let (groups, after) = line.as_chunks::<N>();
    for (line, &value) in lines.iter_mut().zip(after) {
        line[first + groups.len()] = value;
    }
    // Slices of one length, so that the compiler finds vectors.
    let mut lines = lines.map(|line| &mut line[first..first + groups.len()]);
    for (index, group) in groups.iter().enumerate() {
        for (line, &value) in lines.iter_mut().zip(group) {
            line[index] = value;
        }
    }
}
