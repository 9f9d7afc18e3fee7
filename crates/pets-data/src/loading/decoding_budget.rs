//! One budget of memory for all decoding of the process.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The memory that all pictures together may take while they are decoded, unless another is set: 1 GiB.
pub const DEFAULT_DECODING_BUDGET: u64 = 1 << 30;

/// The budget of the process, whose memory it is.
pub(crate) static PROCESS: DecodingBudget = DecodingBudget::new(DEFAULT_DECODING_BUDGET);

/// Sets how many bytes of memory all pictures together may take while they are decoded, in the whole process.
///
/// A picture that does not fit beside those in the making waits for them; one that does not fit at all is
/// [`DataError::DecodingBudget`](crate::DataError::DecodingBudget). What is decoded already keeps its memory.
pub fn set_decoding_budget(bytes: u64) {
    PROCESS.set(bytes);
}

/// Bytes that pictures may take together. They are given out first come, first served, so that a large picture is not
/// starved by small ones.
#[derive(Debug)]
pub(crate) struct DecodingBudget {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    bytes: u64,
    reserved: u64,
    next_ticket: u64,
    now_serving: u64,
}

thread_local! {
    /// How many reservations this thread holds.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

impl DecodingBudget {
    pub(crate) const fn new(bytes: u64) -> Self {
        Self {
            state: Mutex::new(State {
                bytes,
                reserved: 0,
                next_ticket: 0,
                now_serving: 0,
            }),
            changed: Condvar::new(),
        }
    }

    fn set(&self, bytes: u64) {
        self.lock().bytes = bytes;
        self.changed.notify_all();
    }

    /// Waits until there is room for `bytes`. Where they are more than the whole budget, that is the error.
    ///
    /// A thread that holds a reservation does not wait, as long as it could not give it back: it overdraws the budget,
    /// for which others wait the longer. So no thread waits for itself, be it that its caller keeps a picture while it
    /// decodes another or that rayon gives it a task while it waits for another.
    pub(crate) fn reserve(&'static self, bytes: u64) -> Result<Reservation, u64> {
        let mut state = self.lock();
        if bytes > state.bytes {
            return Err(state.bytes);
        }
        if HELD.get() == 0 {
            let ticket = state.next_ticket;
            state.next_ticket += 1;
            while state.now_serving != ticket || !state.has_room_for(bytes) {
                state = self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            state.now_serving += 1;
            self.changed.notify_all();
        }
        state.reserved += bytes;
        HELD.set(HELD.get() + 1);
        Ok(Reservation {
            budget: self,
            bytes,
            of_this_thread: PhantomData,
        })
    }

    /// The bytes that are taken.
    #[cfg(test)]
    pub(crate) fn reserved(&self) -> u64 {
        self.lock().reserved
    }

    fn give_back(&self, bytes: u64) {
        self.lock().reserved -= bytes;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics between two numbers that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What no longer fits at all, because the budget has become smaller since, comes when it is alone.
    fn has_room_for(&self, bytes: u64) -> bool {
        self.reserved == 0 || self.reserved.saturating_add(bytes) <= self.bytes
    }
}

/// Bytes of a budget, given back when it is dropped. It stays on its thread.
#[derive(Debug)]
pub(crate) struct Reservation {
    budget: &'static DecodingBudget,
    bytes: u64,
    of_this_thread: PhantomData<*const ()>,
}

impl Reservation {
    /// Gives back what is above `bytes`.
    pub(crate) fn shrink_to(&mut self, bytes: u64) {
        let kept = self.bytes.min(bytes);
        self.budget.give_back(self.bytes - kept);
        self.bytes = kept;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        HELD.set(HELD.get() - 1);
        self.budget.give_back(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::thread;
    use std::time::Duration;

    use super::*;

    fn budget(bytes: u64) -> &'static DecodingBudget {
        Box::leak(Box::new(DecodingBudget::new(bytes)))
    }

    fn wait_for_tickets(budget: &DecodingBudget, tickets: u64) {
        while budget.lock().next_ticket < tickets {
            thread::yield_now();
        }
    }

    #[test]
    fn the_sum_never_exceeds_the_budget_and_everyone_is_served() {
        let budget = budget(100);
        thread::scope(|scope| {
            for worker in 0..8_u64 {
                scope.spawn(move || {
                    for round in 0..200 {
                        let _held = budget.reserve(1 + (worker * 31 + round * 7) % 100).unwrap();
                        assert!(budget.reserved() <= 100);
                        thread::yield_now();
                    }
                });
            }
        });
        assert_eq!(budget.reserved(), 0);
    }

    #[test]
    fn what_is_more_than_all_is_refused_at_once() {
        let budget = budget(10);
        assert_eq!(budget.reserve(11).unwrap_err(), 10);
        budget.set(11);
        budget.reserve(11).unwrap();
    }

    #[test]
    fn a_large_one_comes_before_small_ones_that_came_later() {
        let budget = budget(100);
        let first = budget.reserve(60).unwrap();
        let (served, order) = channel();
        thread::scope(|scope| {
            let large = served.clone();
            scope.spawn(move || {
                let _held = budget.reserve(100).unwrap();
                large.send("large").unwrap();
            });
            wait_for_tickets(budget, 2);
            // There is room for it, but not before the large one.
            scope.spawn(move || {
                let _held = budget.reserve(1).unwrap();
                served.send("small").unwrap();
            });
            wait_for_tickets(budget, 3);
            let waited = order.recv_timeout(Duration::from_millis(50));
            assert_eq!(waited, Err(RecvTimeoutError::Timeout));
            drop(first);
            assert_eq!(order.recv().unwrap(), "large");
            assert_eq!(order.recv().unwrap(), "small");
        });
    }

    #[test]
    fn what_shrinks_makes_room() {
        let budget = budget(100);
        let mut held = budget.reserve(90).unwrap();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| drop(budget.reserve(80).unwrap()));
            wait_for_tickets(budget, 2);
            held.shrink_to(20);
            waiting.join().unwrap();
        });
        held.shrink_to(50);
        assert_eq!(budget.reserved(), 20);
    }

    #[test]
    fn who_holds_one_does_not_wait_for_itself() {
        let budget = budget(100);
        let first = budget.reserve(80).unwrap();
        let second = budget.reserve(70).unwrap();
        assert_eq!(budget.reserved(), 150);
        drop((first, second));
        assert_eq!(budget.reserved(), 0);
    }

    #[test]
    fn a_budget_that_became_too_small_keeps_nobody_waiting() {
        let budget = budget(100);
        let held = budget.reserve(50).unwrap();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| drop(budget.reserve(90).unwrap()));
            wait_for_tickets(budget, 2);
            budget.set(10);
            drop(held);
            waiting.join().unwrap();
        });
    }
}
