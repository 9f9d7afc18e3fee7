//! Retrieval and verification of a set the size of Oxford-IIIT Pet: 7,349 rows of 256, 37 classes.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use pets_eval::{Embeddings, VerificationPairs, evaluate_retrieval, evaluate_verification};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ROWS: usize = 7_349;
const DIM: usize = 256;
const CLASSES: usize = 37;

/// Rows around a centre per class, near enough to overlap.
fn clustered_embeddings() -> Embeddings {
    let mut rng = ChaCha8Rng::seed_from_u64(42);
    let mut uniform = |count: usize, reach: f32| -> Vec<f32> {
        (0..count)
            .map(|_| rng.random_range(-reach..reach))
            .collect()
    };
    let centres = uniform(CLASSES * DIM, 1.0);
    let noise = uniform(ROWS * DIM, 1.5);
    let data = noise
        .iter()
        .enumerate()
        .map(|(at, noise)| noise + centres[at / DIM % CLASSES * DIM + at % DIM])
        .collect();
    let labels = (0..ROWS).map(|row| (row % CLASSES) as u32).collect();
    Embeddings::new(data, DIM, labels)
        .and_then(|embeddings| embeddings.normalized())
        .expect("random rows are finite and not zero")
}

fn benches(criterion: &mut Criterion) {
    let embeddings = clustered_embeddings();
    let mut group = criterion.benchmark_group("7349x256");
    group.sample_size(10);
    group.bench_function("retrieval", |bencher| {
        bencher.iter(|| evaluate_retrieval(black_box(&embeddings), &[1, 5, 10]));
    });
    group.bench_function("verification", |bencher| {
        bencher.iter(|| evaluate_verification(black_box(&embeddings), VerificationPairs::All));
    });
    group.finish();
}

criterion_group!(retrieval, benches);
criterion_main!(retrieval);
