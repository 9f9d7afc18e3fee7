#![doc = include_str!("../README.md")]

mod damage;

use std::alloc::System;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::process::abort;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use cap::Cap;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::damage::damaged;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Inputs of a target where `PETS_FUZZ_INPUTS` says nothing.
const DEFAULT_INPUTS: u64 = 1_000;

/// How long a reader may take over one input. No input is larger than a few kilobytes, so this is a hang.
const HANG: Duration = Duration::from_mins(1);

/// A target: a reader that is to be shown damaged files.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Fuzz {
    name: &'static str,
    limit: usize,
}

impl Fuzz {
    /// A target called `name`, which may take 64 MiB for an input.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            limit: 64 << 20,
        }
    }

    /// Lets the reader take as many MiB for an input.
    pub const fn limit_mib(self, mib: usize) -> Self {
        Self {
            limit: mib << 20,
            ..self
        }
    }

    /// Shows `read` damaged copies of `seeds`; it says whether it took one for good.
    ///
    /// Prints to stderr how many it was shown and how many it took.
    ///
    /// # Panics
    ///
    /// If `read` panics, or takes more memory than it may; the message names a file that holds the input. A hang ends
    /// the process, after a message that does the same.
    pub fn run(self, seeds: &[impl AsRef<[u8]>], read: impl Fn(&[u8]) -> bool) {
        // The allocator counts for the whole process, so that targets take turns.
        static TURN: Mutex<()> = Mutex::new(());
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let inputs = number_from("PETS_FUZZ_INPUTS").unwrap_or(DEFAULT_INPUTS);
        let seed = number_from("PETS_FUZZ_SEED").unwrap_or(1);
        let seeds: Vec<&[u8]> = seeds.iter().map(AsRef::as_ref).collect();
        let current = Arc::new(Mutex::new(Vec::new()));
        let (done, finished) = channel();
        let watched = Arc::clone(&current);
        let watch = thread::spawn(move || {
            loop {
                match finished.recv_timeout(HANG) {
                    Ok(()) => (),
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        let input = watched.lock().unwrap_or_else(PoisonError::into_inner);
                        eprintln!("{}: no end with {}", self.name, self.keep(&input).display());
                        abort();
                    }
                }
            }
        });
        let mut taken = 0_u64;
        for number in 0..inputs {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(number);
            let input = damaged(&seeds, &mut rng);
            current
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone_from(&input);
            let (outcome, took) = peak_of(|| catch_unwind(AssertUnwindSafe(|| read(&input))));
            done.send(()).expect("the watch outlives the inputs");
            match outcome {
                Ok(good) => taken += u64::from(good),
                Err(panic) => {
                    eprintln!("{}: {} does this:", self.name, self.keep(&input).display());
                    resume_unwind(panic);
                }
            }
            assert!(
                took <= self.limit,
                "{}: {} takes {took} bytes of memory; {} are allowed",
                self.name,
                self.keep(&input).display(),
                self.limit
            );
        }
        drop(done);
        watch.join().expect("the watch does not panic");
        eprintln!(
            "fuzz {}: {inputs} inputs, {taken} taken for good, at most {} KiB of memory in use",
            self.name,
            ALLOCATOR.max_allocated() >> 10
        );
    }

    /// Writes an input where it outlives the test.
    fn keep(self, input: &[u8]) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        input.hash(&mut hasher);
        let name = format!("fuzz-{}-{:016x}", self.name, hasher.finish());
        let path = std::env::temp_dir().join(name.replace([' ', '/'], "-"));
        if let Err(error) = std::fs::write(&path, input) {
            eprintln!("cannot write {}: {error}", path.display());
        }
        path
    }
}

/// What `run` gives, and how far it raised the memory in use above what was in use before, if it raised it higher than
/// it ever was.
fn peak_of<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATOR.allocated();
    let peak_before = ALLOCATOR.max_allocated();
    let result = run();
    let peak = ALLOCATOR.max_allocated();
    let took = if peak > peak_before {
        peak.saturating_sub(before)
    } else {
        0
    };
    (result, took)
}

fn number_from(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| {
        panic!("{variable} = {text:?} is not a whole number");
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_panics_is_found() {
        let outcome = catch_unwind(|| {
            Fuzz::new("panics").run(&[b"abc"], |bytes| {
                assert!(bytes.len() < 4, "too long");
                true
            });
        });
        assert!(outcome.is_err());
    }

    #[test]
    fn a_reader_that_believes_a_length_is_found() {
        let outcome = catch_unwind(|| {
            Fuzz::new("believes")
                .limit_mib(1)
                .run(&[[0_u8; 8]], |bytes| {
                    let length = bytes.first().copied().unwrap_or(0);
                    vec![1_u8; usize::from(length) << 20].len() < 3
                });
        });
        let said = outcome.unwrap_err();
        let said = said.downcast_ref::<String>().unwrap();
        assert!(
            said.contains("bytes of memory; 1048576 are allowed"),
            "{said}"
        );
    }

    #[test]
    fn a_careful_reader_passes() {
        Fuzz::new("careful").run(&[b"abc"], |bytes| bytes.starts_with(b"a"));
    }
}
