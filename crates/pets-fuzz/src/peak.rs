//! How much memory something takes at most while it runs.

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cap::Cap;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

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
    // The allocator remembers the highest peak of all: what is missing to it is taken first.
    let missing = ALLOCATOR
        .max_allocated()
        .saturating_sub(ALLOCATOR.allocated());
    let ballast = vec![0_u8; missing];
    let before = ALLOCATOR.allocated();
    let result = run();
    let peak = ALLOCATOR.max_allocated().saturating_sub(before);
    drop(ballast);
    (result, peak)
}
