//! Convolution with kernels of 3×3 in steps of 1, by Winograd's minimal filtering F(4×4, 3×3).
//!
//! Lavin and Gray, *Fast Algorithms for Convolutional Neural Networks*, CVPR 2016. A tile of 4×4 outputs, of a patch of
//! 6×6 inputs `d` and the weights `g`, is `Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A`: 36 products in place of 144. Summed over the
//! input's channels, those are 36 matrix products. The gradient of the input is such a convolution too; that of the
//! weights is `Gᵀ [Σ (A y Aᵀ) ⊙ (Bᵀ d B)] G`, where `y` is a tile of the output's gradient and the sum runs over all
//! tiles.

mod convolution;
mod kernels;
mod outputs;
mod patches;
mod products;
mod transforms;
mod weight_gradient;

pub(super) use convolution::winograd_conv2d;
pub(super) use kernels::TAPS;
pub(super) use weight_gradient::winograd_weight_gradient;

use super::conv_shape::ConvShape;

/// Side of a tile of outputs.
const TILE: usize = 4;

/// Side of the patch of inputs that a tile depends on.
const PATCH: usize = 6;

/// Numbers in a transformed patch.
const NUMBERS: usize = PATCH * PATCH;

/// What transforming the weights of a pair of channels costs, in products.
const PRODUCTS_FOR_WEIGHTS: usize = 500;

/// From one of [`NUMBERS`] matrices of `len` numbers to the next: never a power of two, where equal places of all
/// matrices would share a place in the caches.
const fn matrix_stride(len: usize) -> usize {
    len + 16
}

/// Whether the convolution is one of those computed here: with few channels or pixels the transforms cost more than
/// they save.
pub(super) fn applies(shape: &ConvShape) -> bool {
    let tiles = shape.output.map(|size| size.div_ceil(TILE));
    let products = shape.batch * tiles[0] * tiles[1] * NUMBERS + PRODUCTS_FOR_WEIGHTS;
    shape.kernel == [3, 3]
        && shape.stride == [1, 1]
        && shape.channels_in.min(shape.channels_out) >= 16
        && products < shape.batch * shape.output_plane() * shape.taps()
}
