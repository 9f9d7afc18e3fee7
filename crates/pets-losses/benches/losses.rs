//! Time of a loss and its gradient, by batch size, at 256 dimensions.

use std::hint::black_box;

use burn::tensor::{Device, Distribution, Int, Tensor};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use pets_losses::{EmbeddingLoss, LossConfig, LossKind, Mining, TripletConfig};

const DIM: usize = 256;
const SAMPLES_PER_CLASS: usize = 4;

/// Every loss with its defaults; the triplet loss with every mining, and with the soft margin, which forms the most
/// triplets.
fn configs() -> Vec<(String, LossConfig)> {
    let mut configs: Vec<_> = LossKind::ALL
        .into_iter()
        .filter(|&kind| kind != LossKind::Triplet)
        .map(|kind| (kind.to_string(), LossConfig::new(kind)))
        .collect();
    for mining in Mining::ALL {
        let config = TripletConfig {
            mining,
            ..TripletConfig::default()
        };
        configs.push((format!("triplet {mining}"), LossConfig::Triplet(config)));
    }
    let soft = TripletConfig {
        soft_margin: true,
        mining: Mining::BatchAll,
        ..TripletConfig::default()
    };
    configs.push((
        "triplet batch_all soft".to_owned(),
        LossConfig::Triplet(soft),
    ));
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
