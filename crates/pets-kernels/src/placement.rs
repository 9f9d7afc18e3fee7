//! Which implementation the inputs of an operation call for.

use burn::backend::DispatchDevice;
use burn::tensor::{DType, Device, GradientCheckpointingStrategy, Tensor};

/// Where the inputs of an operation are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placement {
    /// All on the flex device, `f32`.
    Flex,
    /// All on the flex device with autodiff, without checkpointing, `f32`.
    FlexAutodiff,
    /// Anywhere else, or not all in one place: Burn's own operations apply.
    Elsewhere,
}

impl Placement {
    pub(crate) fn of<const D: usize>(tensor: &Tensor<D>) -> Self {
        let device = tensor.device();
        if tensor.dtype() != DType::F32 || !is_flex(&device.clone().inner()) {
            return Self::Elsewhere;
        }
        if !device.is_autodiff() {
            return Self::Flex;
        }
        match device.gradient_checkpointing_strategy() {
            Some(GradientCheckpointingStrategy::Disabled) => Self::FlexAutodiff,
            _ => Self::Elsewhere,
        }
    }

    /// The placement of two sets of inputs.
    pub(crate) fn and<const D: usize>(self, tensor: &Tensor<D>) -> Self {
        if self == Self::of(tensor) {
            self
        } else {
            Self::Elsewhere
        }
    }
}

fn is_flex(device: &Device) -> bool {
    matches!(device.as_dispatch(), DispatchDevice::Flex(_))
}
