//! New prototypes.

use burn::module::Param;
use burn::nn::Initializer;
use burn::tensor::{Device, Tensor};

use crate::error::LossError;
use crate::kind::LossKind;
use crate::ranges::in_range;

/// Prototypes `[classes · per_class, dim]` drawn from the Xavier uniform distribution.
pub(crate) fn draw_prototypes(
    loss: LossKind,
    dim: usize,
    classes: usize,
    per_class: usize,
    device: &Device,
) -> Result<Param<Tensor<2>>, LossError> {
    for (parameter, count) in [("embedding_size", dim), ("num_classes", classes)] {
        in_range(loss, parameter, count as f64, count > 0, "at least 1")?;
    }
    let count = classes * per_class;
    let initializer = Initializer::XavierUniform { gain: 1.0 };
    Ok(initializer.init_with([count, dim], Some(dim), Some(count), device))
}
