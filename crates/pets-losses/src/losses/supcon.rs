//! The supervised contrastive loss.

use burn::module::Module;
use burn::tensor::Tensor;

use crate::distance::Distance;
use crate::error::LossError;
use crate::kind::LossKind;
use crate::output::LossOutput;
use crate::pairs::anchor_terms::reduce_terms;
use crate::pairs::chosen_pairs::ChosenPairs;
use crate::pairs::labelled_distances::LabelledDistances;
use crate::pairs::log_sum_exp::soft_cross_entropy;
use crate::pairs::pair_loss::PairLoss;
use crate::parameters::parameters;
use crate::ranges::scale;
use crate::reducer::Reducer;

parameters! {
    /// The parameters of a [`SupConLoss`]; the defaults are the paper's.
    pub struct SupConConfig {
        /// What the cosines are divided by, τ, from 1e-4 to 1e4.
        pub temperature: f64 = 0.1,
        /// What becomes of the anchors' terms.
        pub reducer: Reducer = Reducer::Mean,
    }
}

impl SupConConfig {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] for a temperature outside its range.
    pub fn validate(&self) -> Result<(), LossError> {
        scale(LossKind::SupCon, "temperature", self.temperature)
    }

    /// Makes the loss.
    ///
    /// # Errors
    ///
    /// As [`validate`](Self::validate).
    pub fn init(self) -> Result<SupConLoss, LossError> {
        self.validate()?;
        Ok(SupConLoss { config: self })
    }
}

/// The supervised contrastive loss: among all other samples, a softmax over the cosines shall find those of the
/// anchor's label (Khosla et al., *Supervised Contrastive Learning*, 2020).
///
/// With `s` the cosine, an anchor `i` that has positives `P` has the term
///
/// ```text
/// −1/|P| · Σ over p in P of log( exp(s(i, p)/τ) / Σ over all a ≠ i of exp(s(i, a)/τ) )
/// ```
///
/// (the paper's `L_out`). With two samples of each label this is NT-Xent (Chen et al., *A Simple Framework for
/// Contrastive Learning of Visual Representations*, 2020). The candidates of the [`Reducer`] are the anchors that
/// have a positive; a batch without any has the loss 0 with gradient 0.
#[derive(Module, Debug)]
pub struct SupConLoss {
    #[module(skip)]
    config: SupConConfig,
}

impl PairLoss for SupConLoss {
    fn distance(&self) -> Distance {
        Distance::Cosine
    }

    fn of_pairs(&self, batch: &LabelledDistances) -> LossOutput {
        let pairs = batch.pairs_of_anchors(|positives, _| positives > 0);
        reduce_terms(batch, &pairs, self.config.reducer, || {
            self.terms(batch, &pairs)
        })
    }
}

impl SupConLoss {
    /// The terms of the anchors that have positives, `[anchors, 1]`.
    fn terms(&self, batch: &LabelledDistances, pairs: &ChosenPairs) -> Tensor<2> {
        let device = batch.tensor().device();
        let logits = pairs
            .select(batch.tensor())
            .neg()
            .add_scalar(1.0)
            .div_scalar(self.config.temperature);
        let positives = pairs.positives(&device);
        let others = positives.clone().bool_or(pairs.negatives(&device));
        let chosen = positives.float();
        let targets = chosen.clone() / chosen.sum_dim(1);
        soft_cross_entropy(logits, others, targets)
    }
}
