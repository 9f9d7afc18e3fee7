//! Independent random streams, each named by what it is for: nothing depends on the order or thread of use.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// What a random stream is for.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Split = 1,
    Sampling = 2,
    Augmentation = 3,
}

/// The stream for `purpose` under the run's seed, told from others of that purpose by `first` and `second`.
pub(crate) fn stream(seed: u64, purpose: Purpose, first: u64, second: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    for (bytes, word) in key
        .chunks_exact_mut(8)
        .zip([seed, purpose as u64, first, second])
    {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}
