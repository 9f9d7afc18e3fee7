#![doc = include_str!("../README.md")]

mod damage;
mod peak;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::process::abort;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::damage::damaged;
use crate::peak::{measure, turn};

pub use crate::peak::peak_of;

/// Inputs of a target where `PETS_FUZZ_INPUTS` says nothing.
const DEFAULT_INPUTS: u64 = 1_000;

/// How long a reader may take over one input. No input is larger than a few kilobytes, so this is a hang.
const HANG: Duration = Duration::from_mins(1);

/// How often an input that takes too much memory is read again: other tests of the process may have taken it, but not
/// each time.
const SECOND_LOOKS: usize = 4;

/// A target: a reader that is to be shown damaged files.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Fuzz {
    name: &'static str,
    base: usize,
    multiple: usize,
}

impl Fuzz {
    /// A target called `name`, which may take 1 MiB and 64 times the size of an input.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            base: 0,
            multiple: 0,
        }
        .memory(1, 64)
    }

    /// Lets the reader take `base_mib` MiB, and `multiple` times the size of an input.
    pub const fn memory(self, base_mib: usize, multiple: usize) -> Self {
        Self {
            base: base_mib << 20,
            multiple,
            ..self
        }
    }

    /// Lets the reader take as many MiB for an input of any size.
    pub const fn limit_mib(self, mib: usize) -> Self {
        self.memory(mib, 0)
    }

    /// Shows `read` damaged copies of `seeds`; it says whether it took one for good.
    ///
    /// Prints to stderr how many it was shown, how many it took, and how much memory it took at most.
    ///
    /// # Panics
    ///
    /// If `read` panics, or takes more memory than it may; the message names a file that holds the input. A hang ends
    /// the process, after a message that does the same.
    pub fn run(self, seeds: &[impl AsRef<[u8]>], read: impl Fn(&[u8]) -> bool) {
        let _turn = turn();
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
        let (mut taken, mut most) = (0_u64, 0);
        for number in 0..inputs {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(number);
            let input = damaged(&seeds, &mut rng);
            current
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone_from(&input);
            let read = || catch_unwind(AssertUnwindSafe(|| read(&input)));
            let (outcome, mut took) = measure(read);
            let allowed = self.base + self.multiple * input.len();
            for _ in 0..SECOND_LOOKS {
                if took > allowed {
                    took = took.min(measure(read).1);
                }
            }
            done.send(()).expect("the watch outlives the inputs");
            match outcome {
                Ok(good) => taken += u64::from(good),
                Err(panic) => {
                    eprintln!("{}: {} does this:", self.name, self.keep(&input).display());
                    resume_unwind(panic);
                }
            }
            assert!(
                took <= allowed,
                "{}: {} of {} bytes takes {took} bytes of memory; {allowed} are allowed",
                self.name,
                self.keep(&input).display(),
                input.len()
            );
            most = most.max(took);
        }
        drop(done);
        watch.join().expect("the watch does not panic");
        eprintln!(
            "fuzz {}: {inputs} inputs, {taken} taken for good, at most {} KiB of memory",
            self.name,
            most >> 10
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
        let said = said_by(outcome);
        assert!(
            said.contains("bytes of memory; 1048576 are allowed"),
            "{said}"
        );
    }

    #[test]
    fn a_reader_that_takes_much_for_a_small_input_is_found_after_a_large_one() {
        let outcome = catch_unwind(|| {
            let seeds: [&[u8]; 2] = [&[7; 10_000], &[7; 10]];
            Fuzz::new("wasteful").memory(0, 8).run(&seeds, |bytes| {
                !vec![1_u8; 20_000].is_empty() && !bytes.is_empty()
            });
        });
        let said = said_by(outcome);
        assert!(said.contains("takes 20000 bytes of memory"), "{said}");
    }

    #[test]
    fn what_is_given_back_counts_too() {
        let ((), took) = peak_of(|| {
            for _ in 0..10 {
                drop(std::hint::black_box(vec![1_u8; 3 << 20]));
            }
        });
        assert!((3 << 20..6 << 20).contains(&took), "{took}");
    }

    fn said_by(outcome: thread::Result<()>) -> String {
        *outcome.unwrap_err().downcast::<String>().unwrap()
    }

    #[test]
    fn a_careful_reader_passes() {
        Fuzz::new("careful").run(&[b"abc"], |bytes| bytes.starts_with(b"a"));
    }
}
