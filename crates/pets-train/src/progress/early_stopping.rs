//! When to stop, and which epoch was the best.

use serde::{Deserialize, Serialize};

use crate::progress::monitor::Monitor;

/// When training ends before its last epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EarlyStopping {
    /// Epochs without improvement after which training stops; at least 1.
    pub patience: usize,
    /// What a change must exceed to count as an improvement.
    pub delta: f64,
}

impl Default for EarlyStopping {
    /// After 3 epochs without an improvement of more than 1e-4.
    fn default() -> Self {
        Self {
            patience: 3,
            delta: 1e-4,
        }
    }
}

/// The best epoch so far, and how long ago it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BestEpoch {
    monitor: Monitor,
    early_stopping: Option<EarlyStopping>,
    best: Option<(usize, f64)>,
    stale_epochs: usize,
}

impl BestEpoch {
    /// Follows `monitor`; without `early_stopping` it never asks to stop.
    pub const fn new(monitor: Monitor, early_stopping: Option<EarlyStopping>) -> Self {
        Self {
            monitor,
            early_stopping,
            best: None,
            stale_epochs: 0,
        }
    }

    /// Takes in the monitored value of an epoch, and says whether the epoch is the best so far.
    ///
    /// A value that is not finite is never the best.
    pub fn observe(&mut self, epoch: usize, value: f64) -> bool {
        let delta = self.early_stopping.map_or(0.0, |rule| rule.delta);
        let improved = value.is_finite()
            && self
                .best
                .is_none_or(|(_, best)| self.monitor.gain(value, best) > delta);
        if improved {
            self.best = Some((epoch, value));
            self.stale_epochs = 0;
        } else {
            self.stale_epochs += 1;
        }
        improved
    }

    /// Whether patience has run out.
    pub fn should_stop(&self) -> bool {
        self.early_stopping
            .is_some_and(|rule| self.stale_epochs >= rule.patience)
    }

    /// The best epoch, counted from 0, and its value.
    pub const fn best(&self) -> Option<(usize, f64)> {
        self.best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observe_all(
        monitor: Monitor,
        delta: f64,
        patience: usize,
        values: &[f64],
    ) -> (Option<usize>, Option<usize>) {
        let mut best = BestEpoch::new(monitor, Some(EarlyStopping { patience, delta }));
        let stopped = values.iter().enumerate().position(|(epoch, value)| {
            best.observe(epoch, *value);
            best.should_stop()
        });
        (best.best().map(|(epoch, _)| epoch), stopped)
    }

    #[test]
    fn stops_after_patience_epochs_without_improvement() {
        assert_eq!(
            observe_all(Monitor::ValLoss, 0.0, 2, &[1.0, 0.5, 0.6, 0.7, 0.1]),
            (Some(1), Some(3))
        );
    }

    #[test]
    fn a_change_within_delta_is_no_improvement() {
        assert_eq!(
            observe_all(Monitor::ValLoss, 0.1, 2, &[1.0, 0.95, 0.91]),
            (Some(0), Some(2))
        );
    }

    #[test]
    fn metrics_are_better_when_higher() {
        assert_eq!(
            observe_all(Monitor::RecallAt1, 0.0, 3, &[0.2, 0.4, 0.3]),
            (Some(1), None)
        );
    }

    #[test]
    fn nan_is_never_the_best() {
        assert_eq!(
            observe_all(Monitor::ValLoss, 0.0, 2, &[f64::NAN, f64::NAN, 1.0]),
            (None, Some(1))
        );
    }
}
