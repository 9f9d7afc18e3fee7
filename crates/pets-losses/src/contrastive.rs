use burn::module::Module;
use serde::{Deserialize, Serialize};

use crate::error::distance_margin;
use crate::labelled_distances::LabelledDistances;
use crate::pair_loss::PairLoss;
use crate::pair_weights::PairWeights;
use crate::{Diagnostics, Distance, LossError, LossKind, LossOutput, Reducer};

/// The parameters of a [`ContrastiveLoss`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContrastiveConfig {
    /// How far apart negatives shall be, at least 0. Default 0.3.
    pub margin: f64,
    /// Whether distances and hinges are squared, as in the paper. Default no.
    pub squared: bool,
    /// The distance between embeddings. Default `euclidean`.
    pub distance: Distance,
    /// What becomes of the pairs' terms. Default `mean`.
    pub reducer: Reducer,
}

impl Default for ContrastiveConfig {
    fn default() -> Self {
        Self {
            margin: 0.3,
            squared: false,
            distance: Distance::default(),
            reducer: Reducer::Mean,
        }
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
