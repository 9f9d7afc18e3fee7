//! The operations on slices: row-major tensors, split over the threads of rayon's pool.

mod adam;
mod batch_norm;
mod conv2d;
mod conv2d_weight_gradient;
mod conv_shape;
mod depthwise;
mod dot_product;
mod flat_filter;
mod image_products;
mod image_tasks;
mod implicit_product;
mod lanes;
mod max_pool;
mod packed_rows;
mod phase_layout;
mod product_tile;
mod ranges;
mod scratch;
mod winograd;

pub(crate) use adam::{AdamFactors, adam};
pub(crate) use batch_norm::{BatchNormShape, SavedInput};
pub(crate) use conv_shape::ConvShape;
pub(crate) use conv2d::{Affine, conv2d, conv2d_input_gradient};
pub(crate) use conv2d_weight_gradient::conv2d_weight_gradient;
pub(crate) use depthwise::{depthwise_conv2d, depthwise_input_gradient, depthwise_weight_gradient};
pub(crate) use lanes::select;
pub(crate) use max_pool::{max_pool2d, max_pool2d_input_gradient};
