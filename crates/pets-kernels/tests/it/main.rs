//! The kernels against their formulas in float64, with every set of instructions that the machine has.

mod adam;
mod batch_norm;
mod convolution;
mod errors;
mod instruction_sets;
mod max_pool;
mod nan;
mod tensors;
mod threads;
