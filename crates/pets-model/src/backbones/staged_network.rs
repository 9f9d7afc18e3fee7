//! What every backbone is: stages in a row.

use burn::module::Module;
use burn::tensor::Tensor;

/// A convolutional network that runs stage by stage, up to, and without, the global average pooling.
pub(crate) trait StagedNetwork: Module {
    /// Names of the stages in the order in which an image passes them.
    const STAGES: &'static [&'static str];

    /// Runs one stage, an index into [`Self::STAGES`].
    fn forward_stage(&self, stage: usize, x: Tensor<4>) -> Tensor<4>;

    /// Freezes the first `stages` stages: no gradients, batch norm in evaluation mode.
    #[must_use]
    fn freeze_stages(self, stages: usize) -> Self;
}
