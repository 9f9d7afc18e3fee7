//! The contrastive loss.

use burn::module::Module;

use crate::distance::Distance;
use crate::error::LossError;
use crate::kind::LossKind;
use crate::output::{Diagnostics, LossOutput};
use crate::pairs::labelled_distances::LabelledDistances;
use crate::pairs::pair_loss::PairLoss;
use crate::pairs::pair_weights::PairWeights;
use crate::parameters::parameters;
use crate::ranges::distance_margin;
use crate::reducer::Reducer;

parameters! {
    /// The parameters of a [`ContrastiveLoss`].
    pub struct ContrastiveConfig {
        /// How far apart negatives shall be, at least 0.
        pub margin: f64 = 0.3,
        /// Whether distances and hinges are squared, as in the paper.
        pub squared: bool = false,
        /// The distance between embeddings.
        pub distance: Distance = Distance::Euclidean,
        /// What becomes of the pairs' terms.
        pub reducer: Reducer = Reducer::Mean,
    }
}

impl ContrastiveConfig {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] if the margin is negative or not finite.
    pub fn validate(&self) -> Result<(), LossError> {
        distance_margin(LossKind::Contrastive, self.margin)
    }

    /// Makes the loss.
    ///
    /// # Errors
    ///
    /// As [`validate`](Self::validate).
    pub fn init(self) -> Result<ContrastiveLoss, LossError> {
        self.validate()?;
        Ok(ContrastiveLoss { config: self })
    }
}

/// The contrastive loss: pairs of one label shall come together, pairs of two labels stay a margin apart.
///
/// ```text
/// L = ½ · reduced over ordered positive pairs of  d
///   + ½ · reduced over ordered negative pairs of  max(0, margin − d)
/// ```
///
/// or, `squared`, with `d²` and `max(0, margin − d)²` (Hadsell et al., *Dimensionality Reduction by Learning an
/// Invariant Mapping*, 2006). The [`Reducer`] works on each side apart; a side without pairs counts 0. With `mean`,
/// the few negatives still closer than the margin are divided by all negatives, and fade: `mean_active` keeps them up.
#[derive(Module, Debug)]
pub struct ContrastiveLoss {
    #[module(skip)]
    config: ContrastiveConfig,
}

impl PairLoss for ContrastiveLoss {
    fn distance(&self) -> Distance {
        self.config.distance
    }

    fn of_pairs(&self, batch: &LabelledDistances) -> LossOutput {
        let distances = batch.tensor();
        let shortfalls = distances.clone().neg().add_scalar(self.config.margin);
        let (positive_terms, negative_terms) = if self.config.squared {
            (distances.square(), shortfalls.square())
        } else {
            (distances, shortfalls)
        };
        let (negative, active_share) = self.negative_weights(batch);
        LossOutput {
            value: self.positive_weights(batch).apply(positive_terms)
                + negative.apply(negative_terms),
            diagnostics: Diagnostics {
                active_share,
                ..batch.diagnostics()
            },
        }
    }
}

impl ContrastiveLoss {
    fn positive_weights(&self, batch: &LabelledDistances) -> PairWeights {
        let mut weights = PairWeights::zero(batch.anchors(), batch.samples());
        let pairs = batch.positive_pairs();
        let weight = 0.5 / self.config.reducer.divisor(pairs, pairs);
        for anchor in 0..batch.anchors() {
            for (positive, _) in batch.positives(anchor) {
                weights.add(anchor, positive, weight);
            }
        }
        weights
    }

    /// The weights of the negative pairs closer than the margin, and which share of all they are.
    fn negative_weights(&self, batch: &LabelledDistances) -> (PairWeights, Option<f64>) {
        let mut weights = PairWeights::zero(batch.anchors(), batch.samples());
        let mut active = 0;
        for anchor in 0..batch.anchors() {
            for (negative, distance) in batch.negatives(anchor) {
                if distance < self.config.margin {
                    active += 1;
                    weights.add(anchor, negative, 0.5);
                }
            }
        }
        let pairs = batch.negative_pairs();
        weights.divide(self.config.reducer.divisor(active, pairs));
        (weights, (pairs > 0).then(|| active as f64 / pairs as f64))
    }
}
