//! Embeddings to measure with.

use pets_eval::{Embeddings, EvalError};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Unit rows around a centre per class, near enough to overlap.
pub(crate) fn embeddings(rows: usize, dim: usize, classes: usize) -> Result<Embeddings, EvalError> {
    let mut rng = ChaCha8Rng::seed_from_u64(42);
    let mut uniform = |count: usize, reach: f32| -> Vec<f32> {
        (0..count)
            .map(|_| rng.random_range(-reach..reach))
            .collect()
    };
    let centres = uniform(classes * dim, 1.0);
    let mut data = uniform(rows * dim, 1.5);
    for (at, value) in data.iter_mut().enumerate() {
        *value += centres[at / dim % classes * dim + at % dim];
    }
    let labels = (0..rows).map(|row| (row % classes) as u32).collect();
    Embeddings::new(data, dim, labels)?.normalized()
}
