//! How far a run is: counts, sums over the epoch, the best epoch.

pub(crate) mod early_stopping;
pub(crate) mod epoch_totals;
pub(crate) mod run_progress;
