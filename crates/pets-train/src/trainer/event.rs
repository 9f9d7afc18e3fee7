//! What a caller is told while training runs.

use std::path::Path;
use std::time::Duration;

use pets_losses::Diagnostics;

use crate::error::not_finite::NotFinite;
use crate::progress::epoch_record::EpochRecord;

/// What a caller is told while training runs; answering `false` ends training after the step of the optimizer, with a
/// checkpoint.
#[derive(Debug)]
pub enum TrainEvent<'a> {
    /// The frozen stages' output is being computed once for every image.
    Caching {
        /// Images done.
        done: usize,
        /// Images in all.
        total: usize,
    },
    /// A batch is done; the optimizer steps behind every [`accumulation`](crate::TrainConfig::accumulation) of them.
    Step {
        /// Epoch, counted from 1.
        epoch: usize,
        /// Batch within the epoch, counted from 1.
        step: usize,
        /// Batches of the epoch.
        steps: usize,
        /// Mean loss of the epoch so far.
        loss: f64,
        /// The rate used.
        learning_rate: f64,
        /// Images trained per second in this epoch.
        images_per_second: f64,
        /// What the loss said of the batch.
        diagnostics: &'a Diagnostics,
    },
    /// A batch is left out, since its loss is not finite, or a whole step, since its gradients are not.
    LeftOut(&'a NotFinite),
    /// An epoch is done and validated.
    Epoch(&'a EpochRecord),
    /// A checkpoint is written.
    Checkpoint {
        /// The file.
        path: &'a Path,
        /// How long training stood still for it.
        took: Duration,
    },
}
