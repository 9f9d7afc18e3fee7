//! The layers of ResNet-18 and EfficientNet-Lite0 at 224 px, and a step of the optimizer, by these kernels and by Burn's own operations.
//!
//!     cargo bench -p pets-kernels -- 'conv 64'

use std::time::Duration;

use burn::tensor::module;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Distribution, Tensor};
use criterion::{Criterion, criterion_group, criterion_main};
use pets_kernels::{Activation, AdamStep, Convolution, batch_norm, conv2d};

const BATCH: usize = 8;

/// Channels in, channels out, size of the input, kernel, stride, depthwise.
const CONVOLUTIONS: [(usize, usize, usize, usize, usize, bool); 10] = [
    (3, 64, 224, 7, 2, false),
    (64, 64, 56, 3, 1, false),
    (64, 128, 56, 3, 2, false),
    (128, 128, 28, 3, 1, false),
    (256, 256, 14, 3, 1, false),
    (512, 512, 7, 3, 1, false),
    (16, 96, 112, 1, 1, false),
    (320, 1280, 7, 1, 1, false),
    (96, 96, 112, 3, 2, true),
    (672, 672, 14, 5, 1, true),
];

/// Channels and size of the input.
const NORMS: [(usize, usize); 3] = [(64, 112), (96, 112), (512, 7)];

fn random<const D: usize>(dims: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::random(dims, Distribution::Normal(0.0, 1.0), device)
}

fn stock_conv2d(x: Tensor<4>, weight: Tensor<4>, convolution: Convolution) -> Tensor<4> {
    let Convolution {
        stride,
        padding,
        groups,
    } = convolution;
    let options = ConvOptions::new_with_padding(stride, padding, [1, 1], groups);
    module::conv2d(x, weight, None, options)
}

fn convolutions(criterion: &mut Criterion) {
    let device = Device::flex();
    let tracked = device.clone().autodiff();
    for (channels_in, channels_out, size, kernel, stride, depthwise) in CONVOLUTIONS {
        let convolution = Convolution {
            stride: [stride; 2],
            padding: [(kernel / 2, kernel / 2); 2],
            groups: if depthwise { channels_in } else { 1 },
        };
        let x_dims = [BATCH, channels_in, size, size];
        let weight_dims = [
            channels_out,
            channels_in / convolution.groups,
            kernel,
            kernel,
        ];
        let kind = if depthwise { "depthwise" } else { "conv" };
        let name =
            format!("{kind} {channels_in}x{size} to {channels_out}, {kernel}x{kernel} by {stride}");
        let mut group = criterion.benchmark_group(name);
        for (who, convolve) in [("ours", conv2d as fn(_, _, _) -> _), ("burn", stock_conv2d)] {
            let (x, weight) = (random(x_dims, &device), random(weight_dims, &device));
            group.bench_function(format!("{who}, forward"), |bencher| {
                bencher.iter(|| convolve(x.clone(), weight.clone(), convolution));
            });
            let x = random(x_dims, &tracked).require_grad();
            let weight = random(weight_dims, &tracked).require_grad();
            group.bench_function(format!("{who}, forward and backward"), |bencher| {
                bencher.iter(|| {
                    convolve(x.clone(), weight.clone(), convolution)
                        .sum()
                        .backward()
                });
            });
        }
        group.finish();
    }
}

fn norms(criterion: &mut Criterion) {
    let device = Device::flex().autodiff();
    for (channels, size) in NORMS {
        let x = random([BATCH, channels, size, size], &device).require_grad();
        let gamma = random([channels], &device).require_grad();
        let beta = random([channels], &device).require_grad();
        let mut group =
            criterion.benchmark_group(format!("batch norm and ReLU6, {channels}x{size}"));
        group.bench_function("ours", |bencher| {
            bencher.iter(|| {
                let (x, gamma, beta) = (x.clone(), gamma.clone(), beta.clone());
                batch_norm(x, gamma, beta, None, 1e-3, Activation::Relu6)
                    .output
                    .sum()
                    .backward()
            });
        });
        group.bench_function("burn", |bencher| {
            bencher.iter(|| {
                let (x, gamma, beta) = (x.clone(), gamma.clone(), beta.clone());
                let normalized = module::batch_norm_train(x, gamma, beta, 1e-3);
                normalized.output.clamp(0.0, 6.0).sum().backward()
            });
        });
        group.finish();
    }
}

const ADAM: AdamStep = AdamStep {
    time: 9,
    learning_rate: 1e-3,
    betas: [0.9, 0.999],
    epsilon: 1e-8,
    gradient_decay: 0.0,
    weight_decay: 0.0,
};

/// The step's formula, operation by operation.
fn stock_adam(
    weights: Tensor<2>,
    gradient: Tensor<2>,
    [first, second]: [Tensor<2>; 2],
) -> (Tensor<2>, [Tensor<2>; 2]) {
    let [keep_first, keep_second] = ADAM.betas;
    let first = first * keep_first + gradient.clone() * (1.0 - keep_first);
    let second = second * keep_second + gradient.square() * (1.0 - keep_second);
    let change = first.clone() / (second.clone().sqrt() + ADAM.epsilon);
    (weights - change * ADAM.learning_rate, [first, second])
}

fn adam(criterion: &mut Criterion) {
    type Step = fn(Tensor<2>, Tensor<2>, [Tensor<2>; 2]) -> (Tensor<2>, [Tensor<2>; 2]);
    let ours: Step = |weights, gradient, moments| ADAM.apply(weights, gradient, moments);
    let device = Device::flex();
    let dims = [512, 2304];
    let mut group = criterion.benchmark_group("Adam, 1.2 million weights");
    for (who, step) in [("ours", ours), ("burn", stock_adam)] {
        let gradient = random(dims, &device);
        let mut trained = Some((
            random(dims, &device),
            [(); 2].map(|()| gradient.zeros_like()),
        ));
        group.bench_function(who, |bencher| {
            bencher.iter(|| {
                let (weights, moments) = trained.take().expect("each step leaves what it made");
                trained = Some(step(weights, gradient.clone(), moments));
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = layers;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = convolutions, norms, adam
}
criterion_main!(layers);
