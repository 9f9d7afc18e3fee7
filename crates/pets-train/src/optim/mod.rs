//! What changes the weights: the optimizers, the gradients of a step, the moving average.

pub(crate) mod adam;
pub(crate) mod moving_average;
pub(crate) mod optimizer_kind;
pub(crate) mod optimizers;
pub(crate) mod step_gradients;
pub(crate) mod trainable;
