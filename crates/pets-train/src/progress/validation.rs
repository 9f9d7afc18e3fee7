//! What an epoch reached on the validation part.

use crate::progress::monitor::Monitor;

/// What an epoch reached on the validation part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Validation {
    /// Mean loss over the images' batches.
    pub(crate) loss: f64,
    pub(crate) recall_at_1: Option<f64>,
    pub(crate) map_at_r: Option<f64>,
}

impl Validation {
    pub(crate) fn monitored(self, monitor: Monitor) -> Option<f64> {
        match monitor {
            Monitor::ValLoss => Some(self.loss),
            Monitor::RecallAt1 => self.recall_at_1,
            Monitor::MapAtR => self.map_at_r,
        }
    }
}
