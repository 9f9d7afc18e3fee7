//! The multi-similarity loss.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::activation::softplus;

use crate::distance::Distance;
use crate::error::LossError;
use crate::kind::LossKind;
use crate::mining::anchor_pairs::informative_pairs;
use crate::mining::pair_miner::MultiSimilarityMiner;
use crate::output::{Diagnostics, LossOutput};
use crate::pairs::chosen_pairs::ChosenPairs;
use crate::pairs::labelled_distances::LabelledDistances;
use crate::pairs::log_sum_exp::log_sum_exp;
use crate::pairs::pair_loss::PairLoss;
use crate::parameters::parameters;
use crate::ranges::{in_range, scale};
use crate::reducer::Reducer;

parameters! {
    /// The parameters of a [`MultiSimilarityLoss`]; the defaults are the paper's.
    pub struct MultiSimilarityConfig {
        /// How steeply positives are weighted, from 1e-4 to 1e4.
        pub alpha: f64 = 2.0,
        /// How steeply negatives are weighted, from 1e-4 to 1e4.
        pub beta: f64 = 50.0,
        /// The cosine around which weights turn, λ, from −1 to 1.
        pub lambda: f64 = 1.0,
        /// The slack of the mining, ε, at least 0; with 2 or more every pair is mined.
        pub epsilon: f64 = MultiSimilarityMiner::EPSILON,
        /// What becomes of the anchors' terms.
        pub reducer: Reducer = Reducer::Mean,
    }
}

impl MultiSimilarityConfig {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] for a number outside its range.
    pub fn validate(&self) -> Result<(), LossError> {
        let loss = LossKind::MultiSimilarity;
        scale(loss, "alpha", self.alpha)?;
        scale(loss, "beta", self.beta)?;
        let is_cosine = (-1.0..=1.0).contains(&self.lambda);
        in_range(loss, "lambda", self.lambda, is_cosine, "from -1 to 1")?;
        let is_slack = self.epsilon >= 0.0;
        in_range(loss, "epsilon", self.epsilon, is_slack, "at least 0")
    }

    /// Makes the loss.
    ///
    /// # Errors
    ///
    /// As [`validate`](Self::validate).
    pub fn init(self) -> Result<MultiSimilarityLoss, LossError> {
        self.validate()?;
        Ok(MultiSimilarityLoss { config: self })
    }
}

/// The multi-similarity loss: pairs are mined by the anchor's other pairs, then weighted by each other (Wang et al.,
/// *Multi-Similarity Loss with General Pair Weighting for Deep Metric Learning*, 2019).
///
/// With `s` the cosine, an anchor `i` has the term
///
/// ```text
/// 1/α · log(1 + Σ over mined positives p of exp(−α (s(i, p) − λ)))
/// + 1/β · log(1 + Σ over mined negatives n of exp(β (s(i, n) − λ)))
/// ```
///
/// A positive is mined if `s(i, p) < max s(i, n) + ε`, a negative if `s(i, n) > min s(i, p) − ε`. An anchor without
/// a positive or without a negative has none mined and the term 0. The candidates of the [`Reducer`] are all anchors.
#[derive(Module, Debug)]
pub struct MultiSimilarityLoss {
    #[module(skip)]
    config: MultiSimilarityConfig,
}

impl PairLoss for MultiSimilarityLoss {
    fn distance(&self) -> Distance {
        Distance::Cosine
    }

    fn of_pairs(&self, batch: &LabelledDistances) -> LossOutput {
        let mined = self.mine(batch);
        let pairs = batch.positive_pairs() + batch.negative_pairs();
        let value = if mined.anchors() == 0 {
            batch.nothing()
        } else {
            let (terms, candidates) = (self.terms(batch, &mined), batch.anchors());
            self.config.reducer.reduce(terms, candidates).0 + batch.nothing()
        };
        LossOutput {
            value,
            diagnostics: Diagnostics {
                active_share: (pairs > 0).then(|| mined.pairs() as f64 / pairs as f64),
                ..batch.diagnostics()
            },
        }
    }
}

impl MultiSimilarityLoss {
    fn mine(&self, batch: &LabelledDistances) -> ChosenPairs {
        let mut mined = ChosenPairs::none(batch.samples());
        for anchor in 0..batch.anchors() {
            let (positives, negatives) = informative_pairs(batch, anchor, self.config.epsilon);
            if !positives.is_empty() {
                let samples =
                    |pairs: Vec<(usize, f64)>| pairs.into_iter().map(|(sample, _)| sample);
                mined.add(anchor, samples(positives), samples(negatives));
            }
        }
        mined
    }

    /// The terms of the anchors that have mined pairs, `[anchors, 1]`.
    fn terms(&self, batch: &LabelledDistances, mined: &ChosenPairs) -> Tensor<2> {
        let MultiSimilarityConfig {
            alpha,
            beta,
            lambda,
            ..
        } = self.config;
        let device = batch.tensor().device();
        // s − λ
        let excess = mined.select(batch.tensor()).neg().add_scalar(1.0 - lambda);
        let of_positives = log_sum_exp(excess.clone().mul_scalar(-alpha), mined.positives(&device));
        let of_negatives = log_sum_exp(excess.mul_scalar(beta), mined.negatives(&device));
        softplus(of_positives, 1.0).div_scalar(alpha) + softplus(of_negatives, 1.0).div_scalar(beta)
    }
}
