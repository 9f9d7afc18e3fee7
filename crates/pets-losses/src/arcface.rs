use std::f64::consts::PI;

use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::tensor::{Device, IndexingUpdateOp, Int, Tensor};

use crate::error::in_range;
use crate::labelled_distances::read_labels;
use crate::unit_rows::unit_rows;
use crate::{Diagnostics, LossError, LossKind, LossOutput};

/// The squared sine below which an angle counts as 0 or π, where the sine has no gradient.
const SMALLEST_SQUARED_SINE: f64 = 1e-12;

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
/// The gradient is finite for every angle, 0 and π included.
#[derive(Module, Debug)]
pub struct ArcFaceLoss {
    /// One prototype for each class, `[classes, dim]`; only the rows' directions matter.
    pub weight: Param<Tensor<2>>,
    scale: f64,
    angular_margin: f64,
}

impl ArcFaceLoss {
    /// An `ArcFace` loss whose prototypes are drawn from the Xavier uniform distribution.
    ///
    /// `device.seed` makes the draw repeatable.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] if the scale is not above 0, the margin is not an angle of 0 to below π radians,
    /// or there is no dimension or no class.
    pub fn new(
        scale: f64,
        angular_margin: f64,
        embedding_size: usize,
        num_classes: usize,
        device: &Device,
    ) -> Result<Self, LossError> {
        Self::check(scale, angular_margin)?;
        for (parameter, count) in [
            ("embedding_size", embedding_size),
            ("num_classes", num_classes),
        ] {
            in_range(
                LossKind::ArcFace,
                parameter,
                count as f64,
                count > 0,
                "at least 1",
            )?;
        }
        let weight = Initializer::XavierUniform { gain: 1.0 }.init_with(
            [num_classes, embedding_size],
            Some(embedding_size),
            Some(num_classes),
            device,
        );
        Ok(Self {
            weight,
            scale,
            angular_margin,
        })
    }

    /// Whether there is an `ArcFace` loss of this scale and margin.
    pub(crate) fn check(scale: f64, angular_margin: f64) -> Result<(), LossError> {
        let loss = LossKind::ArcFace;
        in_range(loss, "scale", scale, scale > 0.0, "a finite number above 0")?;
        let is_angle = (0.0..PI).contains(&angular_margin);
        in_range(
            loss,
            "angular_margin",
            angular_margin,
            is_angle,
            "0 to below π (3.1416) radians",
        )?;
        Ok(())
    }

    /// The loss of a batch.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`, of any length: they are normalised here
    /// - labels: `[batch]`, each from 0 to below the number of classes
    ///
    /// # Panics
    ///
    /// If there is not one label to each embedding, a label is out of range, or the embeddings are not of the
    /// prototypes' length.
    pub fn forward(&self, embeddings: Tensor<2>, labels: Tensor<1, Int>) -> LossOutput {
        let [batch, _] = embeddings.dims();
        let [classes, _] = self.weight.dims();
        let expected = read_labels(labels.clone(), batch);
        if let Some(label) = expected
            .iter()
            .find(|&&label| !(0..classes as i64).contains(&label))
        {
            panic!("label {label} is not one of the {classes} classes of the ArcFace loss");
        }
        if batch == 0 {
            return LossOutput {
                value: embeddings.sum(),
                diagnostics: Diagnostics::default(),
            };
        }

        let embeddings = unit_rows(embeddings);
        let prototypes = unit_rows(self.weight.val());
        let own = prototypes.clone().select(0, labels.clone());
        let cosines = embeddings.clone().matmul(prototypes.transpose());
        let diagnostics = Diagnostics {
            accuracy: Some(accuracy(cosines.clone(), &expected)),
            ..Diagnostics::default()
        };

        let own_place = labels.clone().unsqueeze_dim::<2>(1);
        let increase =
            self.cosine_with_margin(embeddings, own) - cosines.clone().gather(1, own_place.clone());
        let logits = cosines
            .scatter(1, own_place, increase, IndexingUpdateOp::Add)
            .mul_scalar(self.scale);
        let cross_entropy = CrossEntropyLossConfig::new().init(&logits.device());
        LossOutput {
            value: cross_entropy.forward(logits, labels),
            diagnostics,
        }
    }

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
        let apart = (embeddings.clone() - own.clone()).square().sum_dim(1);
        let together = (embeddings + own).square().sum_dim(1);
        let cosine = (together.clone() - apart.clone()).div_scalar(4.0);
        let sine = (apart * together)
            .div_scalar(4.0)
            .clamp_min(SMALLEST_SQUARED_SINE)
            .sqrt();

        let (sin_margin, cos_margin) = self.angular_margin.sin_cos();
        let beyond = cosine
            .clone()
            .lower_equal_elem((PI - self.angular_margin).cos());
        let turned = cosine.clone().mul_scalar(cos_margin) - sine.mul_scalar(sin_margin);
        turned.mask_where(beyond, cosine.sub_scalar(sin_margin * self.angular_margin))
    }
}

/// The share of rows whose largest cosine is that of the class expected.
fn accuracy(cosines: Tensor<2>, expected: &[i64]) -> f64 {
    let nearest = cosines.inner().argmax(1).into_data();
    let hits = nearest
        .iter::<i64>()
        .zip(expected)
        .filter(|(nearest, expected)| nearest == *expected)
        .count();
    hits as f64 / expected.len() as f64
}
