//! `ArcFace`, with sub-centres.

use std::f64::consts::PI;

use burn::module::{Module, Param};
use burn::tensor::{Device, Int, Tensor};

use crate::embedding_loss::EmbeddingLoss;
use crate::error::LossError;
use crate::kind::LossKind;
use crate::output::LossOutput;
use crate::parameters::parameters;
use crate::prototypes::draw::draw_prototypes;
use crate::prototypes::prototype_batch::PrototypeBatch;
use crate::ranges::{in_range, scale};

/// The squared sine below which an angle counts as 0 or π, where the sine has no gradient.
const SMALLEST_SQUARED_SINE: f64 = 1e-12;

parameters! {
    /// The parameters of an [`ArcFaceLoss`]; the angular margin is the paper's.
    pub struct ArcFaceConfig {
        /// The factor of the cosines, from 1e-4 to 1e4; the paper has 64.
        pub scale: f64 = 30.0,
        /// The angle added to that of the own class, in radians, from 0 to below π.
        pub angular_margin: f64 = 0.5,
        /// Prototypes of each class, at least 1; the paper on sub-centres has 3.
        pub sub_centers: usize = 1,
    }
}

impl ArcFaceConfig {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] for a number outside its range.
    pub fn validate(&self) -> Result<(), LossError> {
        let loss = LossKind::ArcFace;
        scale(loss, "scale", self.scale)?;
        let is_angle = (0.0..PI).contains(&self.angular_margin);
        in_range(
            loss,
            "angular_margin",
            self.angular_margin,
            is_angle,
            "0 to below π (3.1416) radians",
        )?;
        let count = self.sub_centers as f64;
        in_range(loss, "sub_centers", count, count > 0.0, "at least 1")
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
    ) -> Result<ArcFaceLoss, LossError> {
        self.validate()?;
        let (loss, k) = (LossKind::ArcFace, self.sub_centers);
        Ok(ArcFaceLoss {
            weight: draw_prototypes(loss, embedding_size, num_classes, k, device)?,
            config: self,
        })
    }
}

/// `ArcFace`: classification by the angle to a learned prototype of each class, the own class's angle being made
/// larger by a margin (Deng et al., *`ArcFace`: Additive Angular Margin Loss for Deep Face Recognition*, 2019).
///
/// With θ the angle between an embedding and a row of [`weight`](Self::weight):
///
/// ```text
/// logit(class) = scale · cos θ                          for the other classes
/// logit(own)   = scale · cos(θ + margin)                where θ < π − margin
///              = scale · (cos θ − margin · sin margin)  beyond, where cos(θ + margin) would rise again
/// L = mean cross entropy of the logits
/// ```
///
/// With sub-centres a class has several prototypes and θ is the angle to the nearest of them, so that a class may fall
/// into groups (Deng et al., *Sub-center `ArcFace`: Boosting Face Recognition by Large-Scale Noisy Web Faces*, 2020).
///
/// The gradient is finite for every angle, 0 and π included.
#[derive(Module, Debug)]
pub struct ArcFaceLoss {
    /// The prototypes, `[classes · sub_centers, dim]`, those of a class side by side; only the rows' directions matter.
    pub weight: Param<Tensor<2>>,
    #[module(skip)]
    config: ArcFaceConfig,
}

impl EmbeddingLoss for ArcFaceLoss {
    fn forward(&self, embeddings: Tensor<2>, labels: Tensor<1, Int>) -> LossOutput {
        let (prototypes, per_class) = (self.weight.val(), self.config.sub_centers);
        PrototypeBatch::loss(
            LossKind::ArcFace,
            embeddings,
            labels,
            prototypes,
            per_class,
            |batch| {
                let with_margin =
                    self.cosine_with_margin(batch.embeddings.clone(), batch.own.clone());
                batch.cross_entropy(with_margin - batch.own_cosines(), self.config.scale)
            },
        )
    }
}

impl ArcFaceLoss {
    /// The cosine of each angle plus margin, as the logit of the own class has it.
    ///
    /// The sine is half the product of the chords `|e − p|` and `|e + p|`: unlike `sqrt(1 − cos²)` that keeps its
    /// digits near 0 and π, and its gradient is never larger than 1.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`, unit rows
    /// - own: `[batch, dim]`, the unit prototype of each row's class
    /// - output: `[batch, 1]`
    fn cosine_with_margin(&self, embeddings: Tensor<2>, own: Tensor<2>) -> Tensor<2> {
        let margin = self.config.angular_margin;
        let apart = (embeddings.clone() - own.clone()).square().sum_dim(1);
        let together = (embeddings + own).square().sum_dim(1);
        let cosine = (together.clone() - apart.clone()).div_scalar(4.0);
        let sine = (apart * together)
            .div_scalar(4.0)
            .clamp_min(SMALLEST_SQUARED_SINE)
            .sqrt();

        let beyond = cosine.clone().lower_equal_elem((PI - margin).cos());
        let (sin_margin, cos_margin) = margin.sin_cos();
        let turned = cosine.clone().mul_scalar(cos_margin) - sine.mul_scalar(sin_margin);
        turned.mask_where(beyond, cosine.sub_scalar(sin_margin * margin))
    }
}
