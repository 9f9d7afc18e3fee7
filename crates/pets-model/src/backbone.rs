//! A backbone as a sequence of stages.

use std::ops::Range;

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::module::adaptive_avg_pool2d;

use crate::efficientnet_lite::EfficientnetLite;
use crate::resnet::Resnet;

/// A convolutional backbone: a picture passes its stages in order, then global average pooling.
///
/// Make one with [`Architecture::init`](crate::Architecture::init).
#[derive(Module, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a program holds a handful of models, and a box would change tensor paths"
)]
pub enum Backbone {
    /// A residual network.
    Resnet(Resnet),
    /// An EfficientNet-Lite.
    EfficientnetLite(EfficientnetLite),
}

impl Backbone {
    /// Runs the stages of `range` (indices into
    /// [`Architecture::stages`](crate::Architecture::stages)).
    ///
    /// # Shapes
    ///
    /// - `x`: the output of stage `range.start - 1`, or images `[batch, 3, height, width]`
    /// - output: `[batch, channels, height', width']`
    pub fn forward_stages(&self, x: Tensor<4>, range: Range<usize>) -> Tensor<4> {
        range.fold(x, |x, stage| match self {
            Self::Resnet(net) => net.forward_stage(stage, x),
            Self::EfficientnetLite(net) => net.forward_stage(stage, x),
        })
    }

    /// Freezes the first `stages` stages: no gradients, batch norm in evaluation mode.
    #[must_use]
    pub fn freeze_stages(self, stages: usize) -> Self {
        match self {
            Self::Resnet(net) => Self::Resnet(net.freeze(stages)),
            Self::EfficientnetLite(net) => Self::EfficientnetLite(net.freeze(stages)),
        }
    }
}

/// Global average pooling that keeps the two axes of length one, so that pooling twice changes
/// nothing.
///
/// # Shapes
///
/// - `x`: `[batch, channels, height, width]`
/// - output: `[batch, channels, 1, 1]`
pub(crate) fn global_average_pool(x: Tensor<4>) -> Tensor<4> {
    adaptive_avg_pool2d(x, [1, 1])
}
