//! The progress of an evaluation, as an observer is told of it.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use pets_eval::{EvalError, Progress};

use crate::observer::{Observer, Work};

/// How long work takes before anybody is told of it.
const SHORT: Duration = Duration::from_secs(1);

/// A part of an evaluation.
struct ObservedProgress<'a> {
    name: &'a str,
    observer: &'a dyn Observer,
    started: Instant,
    /// None while the work is short.
    work: OnceLock<Work>,
}

impl Progress for ObservedProgress<'_> {
    fn advanced(&self, share: f64) -> bool {
        if self.started.elapsed() > SHORT {
            let work = self.work.get_or_init(|| {
                let work = Work::new(self.name, 100, Work::PERCENT);
                self.observer.begun(&work);
                work
            });
            self.observer.advanced(work, (100.0 * share) as usize);
        }
        !self.observer.cancelled()
    }
}

/// Runs a part of an evaluation, which tells `observer` of its progress where it takes long.
pub(crate) fn observed<T>(
    name: &str,
    observer: &dyn Observer,
    run: impl FnOnce(&dyn Progress) -> Result<T, EvalError>,
) -> Result<T, EvalError> {
    let progress = ObservedProgress {
        name,
        observer,
        started: Instant::now(),
        work: OnceLock::new(),
    };
    let found = run(&progress)?;
    if let Some(work) = progress.work.get() {
        observer.ended(work);
    }
    Ok(found)
}
