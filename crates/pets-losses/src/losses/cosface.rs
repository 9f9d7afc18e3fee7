//! `CosFace`.

use burn::module::{Module, Param};
use burn::tensor::{Device, Int, Tensor};

use crate::embedding_loss::EmbeddingLoss;
use crate::error::LossError;
use crate::kind::LossKind;
use crate::output::LossOutput;
use crate::parameters::parameters;
use crate::prototypes::draw::draw_prototypes;
use crate::prototypes::prototype_batch::PrototypeBatch;
use crate::ranges::{cosine_margin, scale};

parameters! {
    /// The parameters of a [`CosFaceLoss`]; the defaults are the paper's.
    pub struct CosFaceConfig {
        /// The factor of the cosines, from 1e-4 to 1e4.
        pub scale: f64 = 64.0,
        /// By how much the cosine of the own class is lowered, from 0 to 2.
        pub margin: f64 = 0.35,
    }
}

impl CosFaceConfig {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] for a number outside its range.
    pub fn validate(&self) -> Result<(), LossError> {
        scale(LossKind::CosFace, "scale", self.scale)?;
        cosine_margin(LossKind::CosFace, self.margin)
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
    ) -> Result<CosFaceLoss, LossError> {
        self.validate()?;
        Ok(CosFaceLoss {
            weight: draw_prototypes(LossKind::CosFace, embedding_size, num_classes, 1, device)?,
            config: self,
        })
    }
}

/// `CosFace`: classification by the cosine with a learned prototype of each class, the own class's cosine being
/// lowered by a margin (Wang et al., *`CosFace`: Large Margin Cosine Loss for Deep Face Recognition*, 2018).
///
/// With θ the angle between an embedding and a row of [`weight`](Self::weight):
///
/// ```text
/// logit(class) = scale · cos θ             for the other classes
/// logit(own)   = scale · (cos θ − margin)
/// L = mean cross entropy of the logits
/// ```
#[derive(Module, Debug)]
pub struct CosFaceLoss {
    /// One prototype for each class, `[classes, dim]`; only the rows' directions matter.
    pub weight: Param<Tensor<2>>,
    #[module(skip)]
    config: CosFaceConfig,
}

impl EmbeddingLoss for CosFaceLoss {
    fn forward(&self, embeddings: Tensor<2>, labels: Tensor<1, Int>) -> LossOutput {
        let prototypes = self.weight.val();
        PrototypeBatch::loss(
            LossKind::CosFace,
            embeddings,
            labels,
            prototypes,
            1,
            |batch| {
                let change = batch.own_cosines().full_like(-self.config.margin);
                batch.cross_entropy(change, self.config.scale)
            },
        )
    }
}
