//! Progress of long work, and its end before its time.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::EvalError;

/// Is told how far long work is, and may end it. `()` hears nothing and ends nothing; a closure of the share is one too.
///
/// ```
/// use pets_eval::{Embeddings, EvalError, evaluate_knn};
///
/// let embeddings = Embeddings::new(vec![0.0, 0.1, 1.0, 1.1], 1, vec![0, 0, 1, 1])?;
/// assert_eq!(evaluate_knn(&embeddings, 1, &())?.accuracy, Some(1.0));
/// let ended = evaluate_knn(&embeddings, 1, &|_share: f64| false);
/// assert_eq!(ended, Err(EvalError::Interrupted));
/// # Ok::<(), EvalError>(())
/// ```
pub trait Progress: Sync {
    /// A share of the work is done, 0 to 1. False ends the work with [`EvalError::Interrupted`].
    ///
    /// Called several times a second, from several threads; a share may come a little after the next larger one.
    fn advanced(&self, share: f64) -> bool;
}

impl Progress for () {
    fn advanced(&self, _share: f64) -> bool {
        true
    }
}

impl<F: Fn(f64) -> bool + Sync> Progress for F {
    fn advanced(&self, share: f64) -> bool {
        self(share)
    }
}

/// A part of some work, as work of its own.
pub(crate) struct Part<'a> {
    whole: &'a dyn Progress,
    from: f64,
    to: f64,
}

impl<'a> Part<'a> {
    /// The part between two shares of the whole.
    pub(crate) fn new(whole: &'a dyn Progress, from: f64, to: f64) -> Self {
        Self { whole, from, to }
    }
}

impl Progress for Part<'_> {
    fn advanced(&self, share: f64) -> bool {
        self.whole
            .advanced(self.from + share * (self.to - self.from))
    }
}

/// Counts the steps of some work.
pub(crate) struct Steps<'a> {
    progress: &'a dyn Progress,
    all: u64,
    done: AtomicU64,
    interrupted: AtomicBool,
}

impl<'a> Steps<'a> {
    /// Of `all` steps none is done.
    pub(crate) fn new(progress: &'a dyn Progress, all: u64) -> Self {
        Self {
            progress,
            all,
            done: AtomicU64::new(0),
            interrupted: AtomicBool::new(false),
        }
    }

    /// That many more are done.
    pub(crate) fn advance(&self, steps: usize) -> Result<(), EvalError> {
        let done = steps as u64 + self.done.fetch_add(steps as u64, Ordering::Relaxed);
        let share = done as f64 / self.all.max(1) as f64;
        if self.interrupted.load(Ordering::Relaxed) || !self.progress.advanced(share.min(1.0)) {
            self.interrupted.store(true, Ordering::Relaxed);
            return Err(EvalError::Interrupted);
        }
        Ok(())
    }
}
