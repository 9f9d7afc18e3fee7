//! The circle loss.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::activation::softplus;

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
use crate::ranges::{cosine_margin, scale};
use crate::reducer::Reducer;

parameters! {
    /// The parameters of a [`CircleLoss`]; the defaults are the paper's for fine-grained image retrieval.
    pub struct CircleConfig {
        /// The relaxation m: positives shall exceed a cosine of 1 − m, negatives stay below m. From 0 to 2.
        pub margin: f64 = 0.4,
        /// The factor of the weighted cosines, γ, from 1e-4 to 1e4.
        pub gamma: f64 = 80.0,
        /// What becomes of the anchors' terms.
        pub reducer: Reducer = Reducer::Mean,
    }
}

impl CircleConfig {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] for a number outside its range.
    pub fn validate(&self) -> Result<(), LossError> {
        cosine_margin(LossKind::Circle, self.margin)?;
        scale(LossKind::Circle, "gamma", self.gamma)
    }

    /// Makes the loss.
    ///
    /// # Errors
    ///
    /// As [`validate`](Self::validate).
    pub fn init(self) -> Result<CircleLoss, LossError> {
        self.validate()?;
        Ok(CircleLoss { config: self })
    }
}

/// The circle loss: each similarity is pulled the harder the farther it is from its optimum (Sun et al., *Circle
/// Loss: A Unified Perspective of Pair Similarity Optimization*, 2020).
///
/// With `s` the cosine, an anchor that has both positives `p` and negatives `n` has the term
///
/// ```text
/// log(1 + Σₙ exp(γ αₙ (sₙ − m)) · Σₚ exp(−γ αₚ (sₚ − 1 + m)))
/// αₚ = max(0, 1 + m − sₚ)    αₙ = max(0, sₙ + m)
/// ```
///
/// where the weights α have no gradient. The candidates of the [`Reducer`] are the anchors that have both; a batch
/// without any has the loss 0 with gradient 0.
#[derive(Module, Debug)]
pub struct CircleLoss {
    #[module(skip)]
    config: CircleConfig,
}

impl PairLoss for CircleLoss {
    fn distance(&self) -> Distance {
        Distance::Cosine
    }

    fn of_pairs(&self, batch: &LabelledDistances) -> LossOutput {
        let pairs = batch.pairs_of_anchors(|positives, negatives| positives > 0 && negatives > 0);
        reduce_terms(batch, &pairs, self.config.reducer, || {
            self.terms(batch, &pairs)
        })
    }
}

impl CircleLoss {
    /// The terms of the anchors that have both, `[anchors, 1]`.
    fn terms(&self, batch: &LabelledDistances, pairs: &ChosenPairs) -> Tensor<2> {
        let CircleConfig { margin, gamma, .. } = self.config;
        let device = batch.tensor().device();
        let cosines = pairs.select(batch.tensor()).neg().add_scalar(1.0);
        let detached = cosines.clone().inner();
        let positive_weights = detached
            .clone()
            .neg()
            .add_scalar(1.0 + margin)
            .clamp_min(0.0);
        let negative_weights = detached.add_scalar(margin).clamp_min(0.0);
        let of_positives = log_sum_exp(
            (cosines.clone().sub_scalar(1.0 - margin) * positive_weights).mul_scalar(-gamma),
            pairs.positives(&device),
        );
        let of_negatives = log_sum_exp(
            (cosines.sub_scalar(margin) * negative_weights).mul_scalar(gamma),
            pairs.negatives(&device),
        );
        softplus(of_positives + of_negatives, 1.0)
    }
}
