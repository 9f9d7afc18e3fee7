//! Work on many samples, on all cores, that can be interrupted.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::DataError;

/// What `work` gives for each sample, in their order; `on_progress` is told how many are done, and says whether to go on.
pub(crate) fn for_every_sample<T: Send>(
    samples: &[usize],
    work: impl Fn(usize) -> T + Sync,
    on_progress: impl Fn(usize) -> bool + Sync,
) -> Result<Vec<T>, DataError> {
    let done = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    let results: Option<Vec<T>> = samples
        .par_iter()
        .map(|&sample| {
            if stopped.load(Ordering::Relaxed) {
                return None;
            }
            let result = work(sample);
            if on_progress(1 + done.fetch_add(1, Ordering::Relaxed)) {
                return Some(result);
            }
            stopped.store(true, Ordering::Relaxed);
            None
        })
        .collect();
    results.ok_or(DataError::Interrupted)
}
