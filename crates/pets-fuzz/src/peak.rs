//! How much memory something takes at most while it runs.

use std::sync::{Mutex, MutexGuard, PoisonError};

use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What `run` gives, and how many bytes more than before it were in use at most while it ran.
///
/// All threads of the process count, also those that have no part in it. Calls take turns with each other and with
/// [`Fuzz::run`](crate::Fuzz::run), so they must not be nested.
pub fn peak_of<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let _turn = turn();
    measure(run)
}

/// The allocator counts for the whole process, so those who ask it take turns.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As [`peak_of`], of whoever has the turn.
pub(crate) fn measure<T>(run: impl FnOnce() -> T) -> (T, usize) {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let result = run();
    (result, ALLOCATOR.peak_usage().saturating_sub(before))
}
