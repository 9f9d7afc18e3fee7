//! Embeddings of known quality, and a pool of threads.

use pets_eval::Embeddings;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Random rows around a centre per class; the smaller the noise, the better the embedding.
pub(crate) fn clustered(
    rows: usize,
    classes: usize,
    dim: usize,
    noise: f32,
    seed: u64,
) -> Embeddings {
    clustered_at(seed, rows, classes, dim, noise, seed + 1)
}

/// The same with centres drawn from a seed of their own.
pub(crate) fn clustered_at(
    centre_seed: u64,
    rows: usize,
    classes: usize,
    dim: usize,
    noise: f32,
    seed: u64,
) -> Embeddings {
    let uniform = |rng: &mut ChaCha8Rng| rng.random_range(-1.0..1.0_f32);
    let mut rng = ChaCha8Rng::seed_from_u64(centre_seed);
    let centres: Vec<f32> = (0..classes * dim).map(|_| uniform(&mut rng)).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let data = (0..rows * dim)
        .map(|at| centres[at / dim % classes * dim + at % dim] + noise * uniform(&mut rng))
        .collect();
    let labels = (0..rows).map(|row| (row % classes) as u32).collect();
    Embeddings::new(data, dim, labels).expect("finite, whole rows")
}

pub(crate) fn in_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("a thread pool")
        .install(run)
}
