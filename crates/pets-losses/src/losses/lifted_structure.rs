//! The generalised lifted-structure loss.

use burn::module::Module;
use burn::tensor::Tensor;

use crate::distance::Distance;
use crate::error::LossError;
use crate::kind::LossKind;
use crate::output::LossOutput;
use crate::pairs::anchor_terms::reduce_terms;
use crate::pairs::chosen_pairs::ChosenPairs;
use crate::pairs::labelled_distances::LabelledDistances;
use crate::pairs::log_sum_exp::log_sum_exp;
use crate::pairs::pair_loss::PairLoss;
use crate::parameters::parameters;
use crate::ranges::distance_margin;
use crate::reducer::Reducer;

parameters! {
    /// The parameters of a [`LiftedStructureLoss`]; the defaults are the papers'.
    pub struct LiftedStructureConfig {
        /// By how much negatives shall be farther than positives, at least 0.
        pub margin: f64 = 1.0,
        /// The distance between embeddings.
        pub distance: Distance = Distance::Euclidean,
        /// What becomes of the anchors' terms.
        pub reducer: Reducer = Reducer::Mean,
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
