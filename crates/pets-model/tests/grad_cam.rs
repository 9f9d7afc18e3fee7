//! Grad-CAM against its definition, with gradients by finite differences.

use burn::tensor::{Device, Distribution, Tensor};
use pets_model::{Architecture, EmbeddingModel, EmbeddingModelConfig};

fn model(device: &Device) -> EmbeddingModel {
    device.seed(3);
    let architecture = Architecture::Resnet18;
    EmbeddingModelConfig {
        architecture,
        embedding_size: Some(8),
        dropout_rate: 0.5,
    }
    .init(device)
    .unwrap()
}

fn unit_target(device: &Device) -> Tensor<2> {
    let target = Tensor::<2>::random([1, 8], Distribution::Normal(0.0, 1.0), device);
    let length = target.clone().square().sum().sqrt().into_scalar::<f32>();
    target / length
}

#[test]
fn the_map_is_the_activation_weighted_by_the_mean_gradient() {
    let device = Device::flex();
    let model = model(&device);
    let image = Tensor::random([1, 3, 64, 64], Distribution::Normal(0.0, 1.0), &device);
    let target = unit_target(&device);
    let last = Architecture::Resnet18.stages().len() - 1;
    let map = model.grad_cam(image.clone(), target.clone(), last);

    let activation = model.backbone.forward_stages(image.clone(), 0..last + 1);
    let [_, channels, height, width] = activation.dims();
    assert_eq!((map.height, map.width), (height, width));
    let similarity = (model.forward(image) * target.clone())
        .sum()
        .into_scalar::<f32>();
    assert!((map.similarity - similarity).abs() < 1e-5);

    // Raising a channel everywhere by h raises the pooled feature by h, so the mean gradient of a
    // channel is the derivative of the score by that, divided by the number of positions.
    let score = |activation: Tensor<4>| {
        let pooled = activation.mean_dim(2).mean_dim(3).reshape([1, channels]);
        let head = model.head.as_ref().expect("the model has a head");
        let raw = head.forward(pooled);
        let length = raw.clone().square().sum().sqrt();
        ((raw * target.clone()).sum() / length).into_scalar::<f32>()
    };
    let step = 1e-2;
    let mut expected = Tensor::<3>::zeros([1, height, width], &device);
    for channel in 0..channels {
        let part = activation.clone().narrow(1, channel, 1);
        let moved = |by: f32| {
            activation
                .clone()
                .slice_assign([0..1, channel..channel + 1], part.clone() + by)
        };
        let derivative = (score(moved(step)) - score(moved(-step))) / (2.0 * step);
        expected = expected + part.reshape([1, height, width]) * derivative;
    }
    let expected: Vec<f32> = expected
        .into_data()
        .iter::<f32>()
        .map(|value| value.max(0.0))
        .collect();
    let max = expected.iter().copied().fold(0.0, f32::max);
    assert!(
        max > 0.0,
        "the picture should speak for the target somewhere"
    );
    for (found, expected) in map.values.iter().zip(&expected) {
        assert!(
            (found - expected / max).abs() < 2e-2,
            "found {found}, expected {}",
            expected / max
        );
    }
}

#[test]
fn a_constant_picture_gives_finite_values() {
    let device = Device::flex();
    let map = model(&device).grad_cam(
        Tensor::zeros([1, 3, 64, 64], &device),
        unit_target(&device),
        2,
    );
    assert!(map.values.iter().all(|value| (0.0..=1.0).contains(value)));
}
