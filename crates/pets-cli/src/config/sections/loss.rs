//! `[loss]`: the loss, its parameters, and the memory of past batches.

use pets::losses::{Distance, LossKind, Mining, Reducer};
use toml::Value;

use crate::config::Section;
use crate::config::key::Need::AboveZero;
use crate::config::kind::Kind::{self, Float, Int};

const STEEPNESS: Kind = Float(1e-4, 1e4);

section! {
    /// The loss, its parameters, and the memory of past batches.
    LossSection: "loss." {
        /// The loss; the parameters below are those of some losses, and each loss has its own defaults.
        kind as "type": LossKind = LossKind::Triplet => { flag: Some("loss-type") };
        /// Margin.
        margin: Option<f64> => { kind: Float(0.0, 4.0), of_losses: true };
        /// Which triplets of a batch count.
        mining: Option<Mining> => { aliases: &["mining-type"], of_losses: true };
        /// Soft margin in place of the hinge.
        soft_margin: Option<bool> => { of_losses: true };
        /// Square distances and hinges, as the paper does.
        squared: Option<bool> => { of_losses: true };
        /// Distance of two embeddings.
        distance: Option<Distance> => { of_losses: true };
        /// What becomes of a batch's terms.
        reducer: Option<Reducer> => { of_losses: true };
        /// Factor of the cosines.
        scale: Option<f64> => { kind: STEEPNESS, of_losses: true };
        /// Angle added to that of the own class, in radians.
        angular_margin: Option<f64> => { kind: Float(0.0, std::f64::consts::PI), of_losses: true };
        /// Prototypes of each class.
        sub_centers: Option<usize> => { kind: Int(1, 100), of_losses: true };
        /// What cosines are divided by.
        temperature: Option<f64> => { kind: STEEPNESS, of_losses: true };
        /// Steepness for positives, or of all.
        alpha: Option<f64> => { flag: Some("loss-alpha"), kind: STEEPNESS, of_losses: true };
        /// Steepness for negatives.
        beta: Option<f64> => { flag: Some("loss-beta"), kind: STEEPNESS, of_losses: true };
        /// Cosine around which weights turn.
        lambda: Option<f64> => { flag: Some("loss-lambda"), kind: Float(-1.0, 1.0), of_losses: true };
        /// Slack of the mining.
        epsilon: Option<f64> => { flag: Some("loss-epsilon"), kind: Float(0.0, 2.0), of_losses: true };
        /// Factor of the weighted cosines.
        gamma: Option<f64> => { flag: Some("loss-gamma"), kind: STEEPNESS, of_losses: true };
        /// Embeddings of past batches that pair losses compare with; 0 for none.
        memory: usize = 0 => { kind: Int(0, 1_000_000) };
        /// Epochs before the memory is used, while embeddings drift fast.
        memory_start_epoch: usize = 1 => { needs: Some(AboveZero("loss.memory")) };
    }
}

impl LossSection {
    /// The parameters of losses that were given.
    pub(crate) fn given_parameters(&self) -> impl Iterator<Item = (&'static str, Value)> {
        let values = Self::KEYS.iter().zip(self.values());
        values.filter_map(|(key, (name, value))| key.of_losses.then_some((name, value?)))
    }
}
