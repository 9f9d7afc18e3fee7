//! What tells the best epoch.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::TrainError;
use crate::names;

/// The metric that decides which epoch is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Monitor {
    /// `val_loss`: the loss on the validation part; lower is better.
    #[serde(rename = "val_loss")]
    #[default]
    ValLoss,
    /// `recall@1`: Recall@1 within the validation part; higher is better.
    #[serde(rename = "recall@1")]
    RecallAt1,
    /// `map@r`: MAP@R within the validation part; higher is better.
    #[serde(rename = "map@r")]
    MapAtR,
}

impl Monitor {
    /// Every monitor.
    pub const ALL: [Self; 3] = [Self::ValLoss, Self::RecallAt1, Self::MapAtR];

    /// By how much `value` is better than `best`; negative where it is worse.
    pub(crate) fn gain(self, value: f64, best: f64) -> f64 {
        match self {
            Self::ValLoss => best - value,
            Self::RecallAt1 | Self::MapAtR => value - best,
        }
    }
}

impl fmt::Display for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ValLoss => "val_loss",
            Self::RecallAt1 => "recall@1",
            Self::MapAtR => "map@r",
        })
    }
}

impl FromStr for Monitor {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        names::find("monitor", &Self::ALL, name)
    }
}
