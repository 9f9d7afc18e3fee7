//! Evaluations of a set the size of Oxford-IIIT Pet: 7,349 rows of 256, 37 classes.

#[path = "../examples/clustered/mod.rs"]
mod clustered;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use pets_eval::{
    BootstrapConfig, ClusteringConfig, VerificationPairs, bootstrap_auc, bootstrap_retrieval,
    evaluate_class_verification, evaluate_clustering, evaluate_knn, evaluate_retrieval,
    evaluate_verification,
};

fn benches(criterion: &mut Criterion) {
    let embeddings = clustered::embeddings(7_349, 256, 37).expect("random rows are valid");
    let embeddings = black_box(&embeddings);
    let per_query = evaluate_retrieval(embeddings, &[1], &()).map(|outcome| outcome.per_query);
    let per_query = per_query.expect("k is valid");
    let verification = evaluate_verification(embeddings, VerificationPairs::All, &());
    let verification = verification.expect("few pairs");
    let mut group = criterion.benchmark_group("7349x256");
    group.sample_size(10);
    group.bench_function("retrieval", |bencher| {
        bencher.iter(|| evaluate_retrieval(embeddings, &[1, 5, 10], &()));
    });
    group.bench_function("verification", |bencher| {
        bencher.iter(|| evaluate_verification(embeddings, VerificationPairs::All, &()));
    });
    group.bench_function("class verification", |bencher| {
        bencher.iter(|| evaluate_class_verification(embeddings, 1.2, 10, &()));
    });
    group.bench_function("k-NN", |bencher| {
        bencher.iter(|| evaluate_knn(embeddings, 5, &()));
    });
    group.bench_function("clustering", |bencher| {
        bencher.iter(|| evaluate_clustering(embeddings, ClusteringConfig::default(), &()));
    });
    group.bench_function("bootstrap of retrieval", |bencher| {
        bencher.iter(|| bootstrap_retrieval(&per_query, BootstrapConfig::default(), &()));
    });
    group.bench_function("bootstrap of the area", |bencher| {
        bencher.iter(|| bootstrap_auc(embeddings, &verification, BootstrapConfig::default(), &()));
    });
    group.finish();
}

criterion_group!(evaluation, benches);
criterion_main!(evaluation);
