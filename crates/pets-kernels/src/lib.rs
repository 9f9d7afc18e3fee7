#![doc = include_str!("../README.md")]
#![expect(
    clippy::inline_always,
    reason = "what is not inlined into pulp's dispatch is compiled without the instructions that it chose"
)]

mod activation;
mod adam;
mod affine;
mod batch_norm;
mod batch_norm_output;
mod convolution;
mod cpu;
mod flex;
mod flex_autodiff;
mod heap;
mod instruction_set;
mod max_pool;
mod padding;
mod placement;

pub use activation::Activation;
pub use adam::AdamStep;
pub use affine::Affine;
pub use batch_norm::batch_norm;
pub use batch_norm_output::BatchNormOutput;
pub use convolution::{Convolution, conv2d, conv2d_affine};
pub use heap::keep_freed_memory;
pub use instruction_set::{InstructionSet, InstructionSetError};
pub use max_pool::max_pool2d;
pub use padding::Padding;
