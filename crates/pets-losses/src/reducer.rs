//! From the many terms of a batch to one number.

use burn::tensor::Tensor;

use crate::names::choices;

choices! {
    /// What becomes of a batch's many terms: one number.
    ///
    /// Which terms there are, the *candidates*, each loss says; the *active* ones are those above 0. Without a term to
    /// divide by the result is 0.
    "reducer": pub enum Reducer {
        /// The sum divided by the number of candidates. The gradient fades as ever fewer terms are active.
        Mean = "mean",
        /// The sum divided by the number of active terms, so that the few terms left are not drowned by those that are 0.
        MeanActive = "mean_active",
        /// The sum.
        Sum = "sum",
    }
}

impl Reducer {
    /// What the sum of all terms is divided by; at least 1.
    pub(crate) fn divisor(self, active: usize, candidates: usize) -> f64 {
        let count = match self {
            Self::Mean => candidates,
            Self::MeanActive => active,
            Self::Sum => 1,
        };
        count.max(1) as f64
    }

    /// The terms of some of the `candidates` (the terms of the others are 0) as one number, and how many are active.
    ///
    /// # Shapes
    ///
    /// - terms: `[n, 1]`, each at least 0
    /// - output: `[1]`
    pub(crate) fn reduce(self, terms: Tensor<2>, candidates: usize) -> (Tensor<1>, usize) {
        let on_host = terms.clone().inner().into_data();
        let active = on_host.iter::<f64>().filter(|&term| term > 0.0).count();
        (
            terms.sum().div_scalar(self.divisor(active, candidates)),
            active,
        )
    }
}
