//! Time of a loss and its gradient, by batch size, at 256 dimensions.

use std::hint::black_box;

use burn::tensor::{Device, Distribution, Int, Tensor};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use pets_losses::{Distance, LossConfig, LossKind, Mining};

const DIM: usize = 256;
const SAMPLES_PER_CLASS: usize = 4;

fn configs() -> Vec<(String, LossConfig)> {
    let mut configs: Vec<_> = [LossKind::Contrastive, LossKind::ArcFace]
        .map(|kind| (kind.to_string(), LossConfig::new(kind)))
        .to_vec();
    for mining in Mining::ALL {
        let config = LossConfig::Triplet {
            margin: 0.3,
            mining,
            distance: Distance::Euclidean,
        };
        configs.push((format!("triplet {mining}"), config));
    }
    configs
}

fn losses(criterion: &mut Criterion) {
    let device = Device::flex().autodiff();
    for (name, config) in configs() {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10);
        for batch in [64, 256, 512] {
            device.seed(0);
            let embeddings =
                Tensor::<2>::random([batch, DIM], Distribution::Normal(0.0, 1.0), &device);
            let labels = Tensor::<1, Int>::arange(0..batch as i64, &device)
                .div_scalar(SAMPLES_PER_CLASS as i64);
            let loss = config
                .init(DIM, batch / SAMPLES_PER_CLASS, &device)
                .expect("the defaults are in range");
            group.bench_function(BenchmarkId::from_parameter(batch), |bencher| {
                bencher.iter(|| {
                    let embeddings = embeddings.clone().require_grad();
                    let value = loss.forward(embeddings.clone(), labels.clone()).value;
                    black_box(embeddings.grad(&value.backward()))
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, losses);
criterion_main!(benches);
