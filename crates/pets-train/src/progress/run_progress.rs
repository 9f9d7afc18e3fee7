//! How far a run is: every number of it that is no tensor.

use serde::{Deserialize, Serialize};

use crate::progress::early_stopping::BestEpoch;
use crate::progress::epoch_record::EpochRecord;
use crate::progress::epoch_totals::EpochTotals;

/// How far a run is. Batches, augmentation and dropout are functions of the seed and of these counts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RunProgress {
    /// Epochs done.
    pub(crate) epoch: usize,
    /// Batches done of the epoch at work.
    pub(crate) batches_of_epoch: usize,
    /// Batches done in the whole run.
    pub(crate) batches: u64,
    /// Steps of the optimizer in the whole run.
    pub(crate) steps: u64,
    /// Batches left out in a row because their numbers were not finite.
    pub(crate) left_out_in_a_row: usize,
    /// Sums over the epoch at work.
    pub(crate) totals: Option<EpochTotals>,
    pub(crate) best: BestEpoch,
    /// The epoch of the best model, counted from 1.
    pub(crate) best_epoch: Option<usize>,
    /// The epochs done.
    pub(crate) history: Vec<EpochRecord>,
}

impl RunProgress {
    pub(crate) const fn start(best: BestEpoch) -> Self {
        Self {
            epoch: 0,
            batches_of_epoch: 0,
            batches: 0,
            steps: 0,
            left_out_in_a_row: 0,
            totals: None,
            best,
            best_epoch: None,
            history: Vec::new(),
        }
    }
}
