//! What the library tells of its work, on stderr.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use pets::{Note, Observer, Work};

use super::progress::Progress;
use crate::interrupt;

/// Shows progress and notes, and ends work where a signal asked for that.
#[derive(Default)]
pub(crate) struct TerminalObserver {
    current: Mutex<Option<(Progress, Instant)>>,
}

impl TerminalObserver {
    /// A panic in another thread spoils no number that is shown.
    fn current(&self) -> MutexGuard<'_, Option<(Progress, Instant)>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for TerminalObserver {
    fn begun(&self, work: &Work) {
        let progress = Progress::start(&work.name, work.total, work.unit);
        *self.current() = Some((progress, Instant::now()));
    }

    fn advanced(&self, _: &Work, done: usize) {
        if let Some((progress, _)) = &mut *self.current() {
            progress.update(done, "");
        }
    }

    fn ended(&self, work: &Work) {
        let Work { total, unit, .. } = work;
        if let Some((progress, started)) = self.current().take() {
            if *unit == Work::PERCENT {
                return progress.vanish();
            }
            let rate = *total as f64 / started.elapsed().as_secs_f64();
            progress.finish(&format!("{total} {unit}, {rate:.0} {unit}/s"));
        }
    }

    fn noted(&self, note: &Note<'_>) {
        say!("{note}");
    }

    fn cancelled(&self) -> bool {
        interrupt::requested()
    }
}
