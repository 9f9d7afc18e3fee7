//! Which optimizer trains the weights.

use std::fmt;
use std::str::FromStr;

use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use crate::error::TrainError;
use crate::names;
use crate::optim::adam::{Adam, WeightDecay};

/// The kind of optimizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimizerKind {
    /// `adam`: Adam with the weight decay added to the gradient, as `torch.optim.Adam` has it.
    #[default]
    Adam,
    /// `adamw`: Adam with decoupled weight decay (Loshchilov & Hutter, ICLR 2019).
    AdamW,
}

impl OptimizerKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Adam, Self::AdamW];

    /// The optimizer with PyTorch's β₁ = 0.9, β₂ = 0.999, ε = 1e-8: on the CPU one pass over the weights, to the values of
    /// Burn's own.
    pub fn init(self, weight_decay: f64) -> ModuleOptimizer {
        let weight_decay = match self {
            Self::Adam => WeightDecay::Gradient(weight_decay),
            Self::AdamW => WeightDecay::Weights(weight_decay),
        };
        Adam { weight_decay }.into()
    }
}

impl fmt::Display for OptimizerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Adam => "adam",
            Self::AdamW => "adamw",
        })
    }
}

impl FromStr for OptimizerKind {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        names::find("optimizer", &Self::ALL, name)
    }
}
