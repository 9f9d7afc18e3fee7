//! Dense convolution and its input gradient, as products of weights and pixels.

use super::conv_shape::{ConvShape, positions};
use super::image_products::{ImageProducts, ProductPart};
use super::implicit_product::{Column, Finish};
use super::packed_rows::PackedRows;
use super::phase_layout::PhaseLayout;
use super::winograd::{self, winograd_conv2d};
use crate::activation::Activation;
use crate::padding::Padding;

/// What follows a convolution in evaluation: `activation(scale · conv(x) + shift + residual)`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Affine<'a> {
    /// A number for each output channel.
    pub(crate) scale: &'a [f32],
    /// A number for each output channel.
    pub(crate) shift: &'a [f32],
    /// As long as the output.
    pub(crate) residual: Option<&'a [f32]>,
    pub(crate) activation: Activation,
}

/// `[batch, channels_out, output]` of `x`, `[batch, channels_in, input]`, and weights
/// `[channels_out, channels_in, kernel]`.
pub(crate) fn conv2d(
    x: &[f32],
    weight: &[f32],
    shape: &ConvShape,
    affine: Option<Affine<'_>>,
) -> Vec<f32> {
    let depth = shape.channels_in * shape.taps();
    let scale = |row: usize| affine.map_or(1.0, |affine| affine.scale[row]);
    let finish = affine.map_or(Finish::NONE, |affine| Finish {
        shift: Some(affine.shift),
        residual: affine.residual,
        activation: affine.activation,
    });
    if winograd::applies(shape) {
        let kernel = |row: usize, channel: usize| {
            let start = row * depth + channel * shape.taps();
            let mut kernel = [0.0; winograd::TAPS];
            kernel.copy_from_slice(&weight[start..start + shape.taps()]);
            kernel.map(|weight| weight * scale(row))
        };
        return winograd_conv2d(x, kernel, shape, finish);
    }
    let rows = PackedRows::new(shape.channels_out, depth, |row, column| {
        weight[row * depth + column] * scale(row)
    });
    let layout = PhaseLayout::of_input(shape);
    let summands = (0..shape.channels_in)
        .flat_map(|channel| {
            positions(shape.kernel).map(move |tap| channel * layout.plane() + layout.offset(tap))
        })
        .collect::<Vec<_>>();
    let columns = positions(shape.output)
        .enumerate()
        .map(|(target, [y, x])| Column {
            source: y * layout.phase[1] + x,
            target,
        })
        .collect::<Vec<_>>();
    let mut out = vec![0.0; shape.batch * shape.output_image()];
    ImageProducts {
        layout: (!shape.is_pointwise()).then_some(layout),
        source_channels: shape.channels_in,
        source_plane: shape.input_plane(),
        parts: &[ProductPart {
            rows,
            summands,
            columns,
        }],
        finish,
    }
    .run(x, &mut out, shape.output_plane());
    out
}

/// The gradient of the input, of that of the output.
///
/// The pixels of the padded input that lie in one phase of the stride see the same weights; for each phase the gradient
/// is a convolution of the output's gradient with those, turned by 180°.
pub(crate) fn conv2d_input_gradient(
    gradient: &[f32],
    weight: &[f32],
    shape: &ConvShape,
) -> Vec<f32> {
    if let Some(transposed) = shape.transposed().filter(winograd::applies) {
        let last = shape.taps() - 1;
        let turned = |row: usize, channel: usize| {
            let start = (channel * shape.channels_in + row) * shape.taps();
            std::array::from_fn(|tap| weight[start + last - tap])
        };
        return winograd_conv2d(gradient, turned, &transposed, Finish::NONE);
    }
    let (layout, padding) = PhaseLayout::of_output_gradient(shape);
    // A phase without weights keeps its zeros.
    let parts = positions([0, 1].map(|axis| shape.stride[axis].min(shape.kernel[axis])))
        .map(|phase| input_gradient_part(weight, shape, &layout, padding, phase))
        .collect::<Vec<_>>();
    let mut out = vec![0.0; shape.batch * shape.input_image()];
    ImageProducts {
        layout: (padding != [(0, 0); 2]).then_some(layout),
        source_channels: shape.channels_out,
        source_plane: shape.output_plane(),
        parts: &parts,
        finish: Finish::NONE,
    }
    .run(gradient, &mut out, shape.input_plane());
    out
}

/// The part of the input's gradient that lies in one phase of the stride.
fn input_gradient_part(
    weight: &[f32],
    shape: &ConvShape,
    layout: &PhaseLayout,
    padding: Padding,
    phase: [usize; 2],
) -> ProductPart {
    let taps = positions(
        [0, 1].map(|axis| (shape.kernel[axis] - phase[axis]).div_ceil(shape.stride[axis])),
    )
    .collect::<Vec<_>>();
    let mut summands = Vec::with_capacity(shape.channels_out * taps.len());
    let mut weights = Vec::with_capacity(shape.channels_out * taps.len());
    for channel in 0..shape.channels_out {
        for &[y, x] in &taps {
            let from = [padding[0].0 - y, padding[1].0 - x];
            summands.push(channel * layout.plane() + layout.offset(from));
            let [y, x] = [
                y * shape.stride[0] + phase[0],
                x * shape.stride[1] + phase[1],
            ];
            weights.push(channel * shape.channels_in * shape.taps() + y * shape.kernel[1] + x);
        }
    }
    let rows = PackedRows::new(shape.channels_in, summands.len(), |row, column| {
        weight[weights[column] + row * shape.taps()]
    });
    let [first_y, first_x] = [0, 1].map(|axis| shape.first_in_phase(axis, phase[axis]));
    let [height, width] = shape.input;
    let column = (first_x + shape.padding[1].0) / shape.stride[1];
    let mut columns = Vec::new();
    for y in (first_y..height).step_by(shape.stride[0]) {
        let row = (y + shape.padding[0].0) / shape.stride[0];
        let source = layout.offset([row, column]);
        let targets = (first_x..width).step_by(shape.stride[1]);
        columns.extend(targets.enumerate().map(|(index, x)| Column {
            source: source + index,
            target: y * width + x,
        }));
    }
    ProductPart {
        rows,
        summands,
        columns,
    }
}
