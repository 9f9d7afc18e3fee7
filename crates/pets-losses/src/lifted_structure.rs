use burn::module::Module;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use crate::anchor_terms::reduce_terms;
use crate::chosen_pairs::ChosenPairs;
use crate::error::distance_margin;
use crate::labelled_distances::LabelledDistances;
use crate::log_sum_exp::log_sum_exp;
use crate::pair_loss::PairLoss;
use crate::{Distance, LossError, LossKind, LossOutput, Reducer};

/// The parameters of a [`LiftedStructureLoss`]; the defaults are the papers'.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LiftedStructureConfig {
    /// By how much negatives shall be farther than positives, at least 0. Default 1.
    pub margin: f64,
    /// The distance between embeddings. Default `euclidean`.
    pub distance: Distance,
    /// What becomes of the anchors' terms. Default `mean`.
    pub reducer: Reducer,
}

impl Default for LiftedStructureConfig {
    fn default() -> Self {
        Self {
            margin: 1.0,
            distance: Distance::default(),
            reducer: Reducer::Mean,
        }
    }
}

impl LiftedStructureConfig {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] if the margin is negative or not finite.
    pub fn validate(&self) -> Result<(), LossError> {
        distance_margin(LossKind::LiftedStructure, self.margin)
    }

    /// Makes the loss.
    ///
    /// # Errors
    ///
    /// As [`validate`](Self::validate).
    pub fn init(self) -> Result<LiftedStructureLoss, LossError> {
        self.validate()?;
        Ok(LiftedStructureLoss { config: self })
    }
}

/// The generalised lifted-structure loss: all positives of an anchor against all its negatives at once (Song et al.,
/// *Deep Metric Learning via Lifted Structured Feature Embedding*, 2016, in the form of equation 10 of Hermans et
/// al., *In Defense of the Triplet Loss*, 2017, which also pulls all positives).
///
/// An anchor that has both positives `p` and negatives `n` has the term
///
/// ```text
/// max(0, log Σₚ exp(d(a, p)) + log Σₙ exp(margin − d(a, n)))
/// ```
///
/// The candidates of the [`Reducer`] are the anchors that have both; a batch without any has the loss 0 with
/// gradient 0.
#[derive(Module, Debug)]
pub struct LiftedStructureLoss {
    #[module(skip)]
    config: LiftedStructureConfig,
}

impl PairLoss for LiftedStructureLoss {
    fn distance(&self) -> Distance {
        self.config.distance
    }

    fn of_pairs(&self, batch: &LabelledDistances) -> LossOutput {
        let pairs = batch.pairs_of_anchors(|positives, negatives| positives > 0 && negatives > 0);
        reduce_terms(batch, &pairs, self.config.reducer, || {
            self.terms(batch, &pairs)
        })
    }
}

impl LiftedStructureLoss {
    /// The terms of the anchors that have both, `[anchors, 1]`.
    fn terms(&self, batch: &LabelledDistances, pairs: &ChosenPairs) -> Tensor<2> {
        let device = batch.tensor().device();
        let distances = pairs.select(batch.tensor());
        let of_positives = log_sum_exp(distances.clone(), pairs.positives(&device));
        let of_negatives = log_sum_exp(
            distances.neg().add_scalar(self.config.margin),
            pairs.negatives(&device),
        );
        let terms = of_positives + of_negatives;
        let inactive = terms.clone().inner().lower_equal_elem(0.0);
        terms.mask_fill(inactive, 0.0)
    }
}
