//! The shapes of a learning rate over a run.

use serde::{Deserialize, Serialize};

use crate::schedule::kind::ScheduleKind;

/// How the learning rate changes over a run.
///
/// The progress `t` counts epochs and is fractional inside one: `t = 2.5` is the middle of the
/// third epoch. `lr` is the base rate, `n` the number of epochs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Schedule {
    /// `lr` throughout.
    None,
    /// `lr · gamma^⌊t / step_size⌋`, changing at epoch starts.
    Step {
        /// Epochs between two reductions; at least 1.
        step_size: usize,
        /// Factor of a reduction, in `(0, 1]`.
        gamma: f64,
    },
    /// Multiplied by `gamma` once the validation loss has failed to fall by a relative 1e-4 for
    /// more than `patience` epochs; never below `min_lr`.
    Plateau {
        /// Factor of a reduction, in `(0, 1]`.
        gamma: f64,
        /// Epochs without improvement that are tolerated.
        patience: usize,
        /// The lowest rate.
        min_lr: f64,
    },
    /// `min_lr + (lr − min_lr) · (1 + cos(π t / n)) / 2`, per step.
    Cosine {
        /// The rate at the end.
        min_lr: f64,
    },
    /// `lr · (t + 1) / warmup_epochs` until that reaches `lr`, then, from `t = warmup_epochs` on,
    /// cosine from `lr` to `min_lr`; per step.
    WarmupCosine {
        /// Epochs of warm-up; the first of them already trains at `lr / warmup_epochs`.
        warmup_epochs: usize,
        /// The rate at the end.
        min_lr: f64,
    },
}

impl Schedule {
    /// A schedule of this kind with the usual numbers: a factor of 0.1 after 10 epochs or 5 without improvement, a lowest
    /// rate of 1e-6, one epoch of warm-up.
    pub const fn new(kind: ScheduleKind) -> Self {
        let (gamma, min_lr) = (0.1, 1e-6);
        match kind {
            ScheduleKind::None => Self::None,
            ScheduleKind::Step => Self::Step {
                step_size: 10,
                gamma,
            },
            ScheduleKind::Plateau => Self::Plateau {
                gamma,
                patience: 5,
                min_lr,
            },
            ScheduleKind::Cosine => Self::Cosine { min_lr },
            ScheduleKind::WarmupCosine => Self::WarmupCosine {
                warmup_epochs: 1,
                min_lr,
            },
        }
    }

    /// Which schedule this is.
    pub const fn kind(self) -> ScheduleKind {
        match self {
            Self::None => ScheduleKind::None,
            Self::Step { .. } => ScheduleKind::Step,
            Self::Plateau { .. } => ScheduleKind::Plateau,
            Self::Cosine { .. } => ScheduleKind::Cosine,
            Self::WarmupCosine { .. } => ScheduleKind::WarmupCosine,
        }
    }
}

impl Default for Schedule {
    /// [`ScheduleKind::WarmupCosine`] with one epoch of warm-up, down to 1e-6.
    fn default() -> Self {
        Self::new(ScheduleKind::default())
    }
}
