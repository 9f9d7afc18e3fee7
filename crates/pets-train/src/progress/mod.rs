//! How far a run is: counts, sums over the epoch, the epochs done, the best of them.

pub(crate) mod early_stopping;
pub(crate) mod epoch_record;
pub(crate) mod epoch_totals;
pub(crate) mod monitor;
pub(crate) mod run_progress;
pub(crate) mod validation;
