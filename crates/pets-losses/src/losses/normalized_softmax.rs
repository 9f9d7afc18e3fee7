//! The normalised softmax.

use burn::module::{Module, Param};
use burn::tensor::{Device, Int, Tensor};

use crate::embedding_loss::EmbeddingLoss;
use crate::error::LossError;
use crate::kind::LossKind;
use crate::output::LossOutput;
use crate::parameters::parameters;
use crate::prototypes::draw::draw_prototypes;
use crate::prototypes::prototype_batch::PrototypeBatch;
use crate::ranges::scale;

parameters! {
    /// The parameters of a [`NormalizedSoftmaxLoss`]; the defaults are the paper's.
    pub struct NormalizedSoftmaxConfig {
        /// What the cosines are divided by, from 1e-4 to 1e4.
        pub temperature: f64 = 0.05,
    }
}

impl NormalizedSoftmaxConfig {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] for a temperature outside its range.
    pub fn validate(&self) -> Result<(), LossError> {
        scale(LossKind::NormalizedSoftmax, "temperature", self.temperature)
    }

    /// Makes the loss, with prototypes drawn from the Xavier uniform distribution: `device.seed` repeats the draw.
    ///
    /// # Errors
    ///
    /// As [`validate`](Self::validate), and if there is no dimension or no class.
    pub fn init(
        self,
        embedding_size: usize,
        num_classes: usize,
        device: &Device,
    ) -> Result<NormalizedSoftmaxLoss, LossError> {
        self.validate()?;
        let loss = LossKind::NormalizedSoftmax;
        Ok(NormalizedSoftmaxLoss {
            weight: draw_prototypes(loss, embedding_size, num_classes, 1, device)?,
            config: self,
        })
    }
}

/// The normalised softmax: classification by the cosine with a learned prototype (proxy) of each class (Zhai and Wu,
/// *Classification is a Strong Baseline for Deep Metric Learning*, 2019).
///
/// With θ the angle between an embedding and a row of [`weight`](Self::weight):
///
/// ```text
/// L = mean cross entropy of the logits  cos θ / temperature
/// ```
#[derive(Module, Debug)]
pub struct NormalizedSoftmaxLoss {
    /// One prototype for each class, `[classes, dim]`; only the rows' directions matter.
    pub weight: Param<Tensor<2>>,
    #[module(skip)]
    config: NormalizedSoftmaxConfig,
}

impl EmbeddingLoss for NormalizedSoftmaxLoss {
    fn forward(&self, embeddings: Tensor<2>, labels: Tensor<1, Int>) -> LossOutput {
        let (loss, prototypes) = (LossKind::NormalizedSoftmax, self.weight.val());
        PrototypeBatch::loss(loss, embeddings, labels, prototypes, 1, |batch| {
            let no_change = batch.own_cosines().zeros_like();
            batch.cross_entropy(no_change, 1.0 / self.config.temperature)
        })
    }
}
