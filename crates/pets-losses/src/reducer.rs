//! From the many terms of a batch to one number.

use std::fmt;
use std::str::FromStr;

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use crate::error::LossError;
use crate::names;

/// What becomes of a batch's many terms: one number.
///
/// Which terms there are, the *candidates*, each loss says; the *active* ones are those above 0. Without a term to
/// divide by the result is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reducer {
    /// The sum divided by the number of candidates. The gradient fades as ever fewer terms are active.
    Mean,
    /// The sum divided by the number of active terms, so that the few terms left are not drowned by those that are 0.
    MeanActive,
    /// The sum.
    Sum,
}

impl Reducer {
    /// Every reducer, in the order of declaration.
    pub const ALL: [Self; 3] = [Self::Mean, Self::MeanActive, Self::Sum];

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

impl fmt::Display for Reducer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mean => "mean",
            Self::MeanActive => "mean_active",
            Self::Sum => "sum",
        })
    }
}

impl FromStr for Reducer {
    type Err = LossError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        names::find("reducer", &Self::ALL, name)
    }
}
