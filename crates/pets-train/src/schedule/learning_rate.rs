//! The learning rate of a run, by its schedule.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use crate::error::TrainError;
use crate::schedule::shape::Schedule;

/// Relative fall of the validation loss that counts as an improvement for [`Schedule::Plateau`].
const PLATEAU_THRESHOLD: f64 = 1e-4;
/// A smaller reduction of the rate than this is not worth making, as in PyTorch.
const SMALLEST_REDUCTION: f64 = 1e-8;

/// A schedule at work on one run.
///
/// # Examples
///
/// ```
/// use pets_train::{LearningRate, Schedule};
///
/// let schedule = Schedule::WarmupCosine { warmup_epochs: 2, min_lr: 1e-6 };
/// let rate = LearningRate::new(schedule, 1e-3, 10)?;
/// assert_eq!(rate.at(0.0), 0.5e-3);
/// assert_eq!(rate.at(2.0), 1e-3);
/// # Ok::<(), pets_train::TrainError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LearningRate {
    schedule: Schedule,
    base: f64,
    num_epochs: usize,
    plateau: Plateau,
}

/// How far [`Schedule::Plateau`] has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plateau {
    rate: f64,
    best: f64,
    bad_epochs: usize,
}

impl Plateau {
    pub(crate) const fn start(rate: f64) -> Self {
        Self {
            rate,
            best: f64::INFINITY,
            bad_epochs: 0,
        }
    }
}

impl LearningRate {
    /// A schedule over `num_epochs` epochs from the base rate `learning_rate`.
    ///
    /// # Errors
    ///
    /// [`TrainError::InvalidConfig`] where a rate, a factor or a count is out of range.
    pub fn new(
        schedule: Schedule,
        learning_rate: f64,
        num_epochs: usize,
    ) -> Result<Self, TrainError> {
        let require = |holds: bool, what: &str| {
            if holds {
                Ok(())
            } else {
                Err(TrainError::InvalidConfig(what.to_owned()))
            }
        };
        require(
            learning_rate.is_finite() && learning_rate > 0.0,
            "learning_rate must be positive",
        )?;
        require(num_epochs > 0, "num_epochs must be at least 1")?;
        match schedule {
            Schedule::None => {}
            Schedule::Step { step_size, gamma } => {
                require(step_size > 0, "step_size must be at least 1")?;
                require(gamma > 0.0 && gamma <= 1.0, "gamma must be in (0, 1]")?;
            }
            Schedule::Plateau { gamma, min_lr, .. } => {
                require(gamma > 0.0 && gamma <= 1.0, "gamma must be in (0, 1]")?;
                require(
                    min_lr >= 0.0 && min_lr <= learning_rate,
                    "min_lr must be in [0, learning_rate]",
                )?;
            }
            Schedule::Cosine { min_lr } | Schedule::WarmupCosine { min_lr, .. } => {
                require(
                    min_lr >= 0.0 && min_lr <= learning_rate,
                    "min_lr must be in [0, learning_rate]",
                )?;
            }
        }
        Ok(Self {
            schedule,
            base: learning_rate,
            num_epochs,
            plateau: Plateau::start(learning_rate),
        })
    }

    pub(crate) const fn plateau(&self) -> &Plateau {
        &self.plateau
    }

    /// Goes on where a run had come to.
    pub(crate) fn resume(&mut self, plateau: Plateau) {
        self.plateau = plateau;
    }

    /// The rate in force at progress `epoch`, in epochs from 0 to the number of epochs.
    pub fn at(&self, epoch: f64) -> f64 {
        let total = self.num_epochs as f64;
        match self.schedule {
            Schedule::None => self.base,
            Schedule::Step { step_size, gamma } => {
                self.base * gamma.powf((epoch / step_size as f64).floor())
            }
            Schedule::Plateau { .. } => self.plateau.rate,
            Schedule::Cosine { min_lr } => cosine(self.base, min_lr, epoch / total),
            Schedule::WarmupCosine {
                warmup_epochs,
                min_lr,
            } => {
                let warmup = warmup_epochs as f64;
                if epoch < warmup || warmup >= total {
                    self.base * ((epoch + 1.0) / warmup).min(1.0)
                } else {
                    cosine(self.base, min_lr, (epoch - warmup) / (total - warmup))
                }
            }
        }
    }

    /// Tells the schedule the validation loss at the end of an epoch; only a plateau heeds it.
    pub fn observe(&mut self, val_loss: f64) {
        let Schedule::Plateau {
            gamma,
            patience,
            min_lr,
        } = self.schedule
        else {
            return;
        };
        let plateau = &mut self.plateau;
        if val_loss < plateau.best * (1.0 - PLATEAU_THRESHOLD) {
            plateau.best = val_loss;
            plateau.bad_epochs = 0;
            return;
        }
        plateau.bad_epochs += 1;
        if plateau.bad_epochs > patience {
            let reduced = (plateau.rate * gamma).max(min_lr);
            if plateau.rate - reduced > SMALLEST_REDUCTION {
                plateau.rate = reduced;
            }
            plateau.bad_epochs = 0;
        }
    }
}

/// Half a cosine wave from `from` at progress 0 to `to` at progress 1.
fn cosine(from: f64, to: f64, progress: f64) -> f64 {
    to + (from - to) * (1.0 + (PI * progress.clamp(0.0, 1.0)).cos()) / 2.0
}
