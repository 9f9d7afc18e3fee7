//! The sizes of one convolution.

use crate::padding::Padding;

/// The sizes of a convolution or pooling; channels are those of its input and of its output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConvShape {
    pub(crate) batch: usize,
    pub(crate) channels_in: usize,
    pub(crate) channels_out: usize,
    pub(crate) input: [usize; 2],
    pub(crate) kernel: [usize; 2],
    pub(crate) stride: [usize; 2],
    pub(crate) padding: Padding,
    pub(crate) output: [usize; 2],
    /// Whether each channel has a kernel of its own, in place of one for each pair of input and output channel.
    pub(crate) depthwise: bool,
}

impl ConvShape {
    /// # Panics
    ///
    /// Where the padded input is smaller than the kernel, or a stride is zero.
    pub(crate) fn new(
        [batch, channels_in, height, width]: [usize; 4],
        [channels_out, kernel_height, kernel_width]: [usize; 3],
        stride: [usize; 2],
        padding: Padding,
        depthwise: bool,
    ) -> Self {
        let size = |input: usize, kernel: usize, stride: usize, (before, after): (usize, usize)| {
            let padded = input + before + after;
            assert!(
                stride > 0 && kernel > 0 && kernel <= padded,
                "a kernel of {kernel} with stride {stride} does not fit an input of {padded} with its padding"
            );
            (padded - kernel) / stride + 1
        };
        Self {
            batch,
            channels_in,
            channels_out,
            input: [height, width],
            kernel: [kernel_height, kernel_width],
            stride,
            padding,
            output: [
                size(height, kernel_height, stride[0], padding[0]),
                size(width, kernel_width, stride[1], padding[1]),
            ],
            depthwise,
        }
    }

    /// The convolution of the output's gradient that gives the input's, where the stride is 1 and no output lies
    /// outside of the input.
    pub(crate) fn transposed(&self) -> Option<Self> {
        let turned = |axis: usize| {
            let (before, after) = self.padding[axis];
            let last = self.kernel[axis] - 1;
            Some((last.checked_sub(before)?, last.checked_sub(after)?))
        };
        (self.stride == [1, 1]).then_some(())?;
        Some(Self {
            channels_in: self.channels_out,
            channels_out: self.channels_in,
            input: self.output,
            output: self.input,
            padding: [turned(0)?, turned(1)?],
            ..*self
        })
    }

    pub(crate) fn input_plane(&self) -> usize {
        self.input[0] * self.input[1]
    }

    pub(crate) fn output_plane(&self) -> usize {
        self.output[0] * self.output[1]
    }

    pub(crate) fn input_image(&self) -> usize {
        self.channels_in * self.input_plane()
    }

    pub(crate) fn output_image(&self) -> usize {
        self.channels_out * self.output_plane()
    }

    /// Number of weights of a kernel in one input channel.
    pub(crate) fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    /// Along an axis, the first pixel of the input whose position in the padded input is `phase` modulo the stride.
    pub(crate) fn first_in_phase(&self, axis: usize, phase: usize) -> usize {
        let (before, _) = self.padding[axis];
        let stride = self.stride[axis];
        (phase + before * stride - before) % stride
    }

    /// Whether the input's pixels are the output's: no padding, no stride, a kernel of 1×1.
    pub(crate) fn is_pointwise(&self) -> bool {
        self.kernel == [1, 1] && self.stride == [1, 1] && self.padding == [(0, 0); 2]
    }
}

/// Positions of a plane, row by row.
pub(crate) fn positions([height, width]: [usize; 2]) -> impl Iterator<Item = [usize; 2]> {
    (0..height).flat_map(move |y| (0..width).map(move |x| [y, x]))
}
