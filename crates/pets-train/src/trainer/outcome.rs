//! How training ended.

use crate::progress::epoch_record::EpochRecord;

/// Why training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// All epochs are done.
    Completed,
    /// The monitored value stopped improving.
    EarlyStopped,
    /// The caller asked for it.
    Interrupted,
}

/// A finished training run.
#[derive(Debug)]
pub struct TrainOutcome {
    /// Why it ended.
    pub stop_reason: StopReason,
    /// The best epoch, counted from 1; absent where training ended inside the first.
    pub best_epoch: Option<usize>,
    /// Every finished epoch.
    pub history: Vec<EpochRecord>,
}
