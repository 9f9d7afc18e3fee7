//! ResNets against features that torchvision computed in float64. Weights and input follow a
//! formula, so no weight file is needed.

use burn::tensor::{Device, Tensor, TensorData};
use pets_model::{Architecture, Completeness, EmbeddingModelConfig, StateDict};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    phase: f64,
    input_shape: [usize; 4],
    models: Vec<GoldenModel>,
}

#[derive(Deserialize)]
struct GoldenModel {
    name: String,
    features: Vec<Vec<f64>>,
    /// After layer1 to layer4.
    stage_mean_abs: Vec<f64>,
}

/// `2 · frac(43758.5453 · sin(12.9898 i + 78.233 t + phase)) − 1`
fn wave(index: usize, tensor: usize, phase: f64) -> f64 {
    let value = 43758.5453 * (12.9898 * index as f64 + 78.233 * tensor as f64 + phase).sin();
    2.0 * (value - value.floor()) - 1.0
}

/// The names and shapes of a ResNet in torchvision's order, written down from its structure.
fn torchvision_layout(blocks: [usize; 4], bottleneck: bool) -> Vec<(String, Vec<usize>)> {
    let mut layout = Vec::new();
    let mut conv_bn = |conv: String, bn: String, out: usize, into: usize, kernel: usize| {
        layout.push((format!("{conv}.weight"), vec![out, into, kernel, kernel]));
        for parameter in ["weight", "bias", "running_mean", "running_var"] {
            layout.push((format!("{bn}.{parameter}"), vec![out]));
        }
    };
    conv_bn("conv1".into(), "bn1".into(), 64, 3, 7);
    let expansion = if bottleneck { 4 } else { 1 };
    let mut into = 64;
    for (layer, count) in blocks.into_iter().enumerate() {
        let width = 64 << layer;
        for block in 0..count {
            let name = |part: &str| format!("layer{}.{block}.{part}", layer + 1);
            let convolutions = if bottleneck {
                vec![(width, into, 1), (width, width, 3), (4 * width, width, 1)]
            } else {
                vec![(width, into, 3), (width, width, 3)]
            };
            for (index, (out, into, kernel)) in convolutions.into_iter().enumerate() {
                let (conv, bn) = (format!("conv{}", index + 1), format!("bn{}", index + 1));
                conv_bn(name(&conv), name(&bn), out, into, kernel);
            }
            let out = width * expansion;
            if block == 0 && (layer > 0 || into != out) {
                conv_bn(name("downsample.0"), name("downsample.1"), out, into, 1);
            }
            into = out;
        }
    }
    layout.push(("fc.weight".into(), vec![1000, into]));
    layout.push(("fc.bias".into(), vec![1000]));
    layout
}

fn formula_weights(layout: &[(String, Vec<usize>)], phase: f64) -> StateDict {
    let tensors = layout
        .iter()
        .enumerate()
        .map(|(position, (name, shape))| {
            let size: usize = shape.iter().product();
            let fan_in: usize = shape[1..].iter().product();
            let value = |index| {
                let wave = wave(index, position, phase);
                if shape.len() > 1 {
                    wave * (2.0 / fan_in as f64).sqrt()
                } else if name.ends_with("weight") || name.ends_with("running_var") {
                    1.0 + 0.1 * wave
                } else {
                    0.1 * wave
                }
            };
            let values: Vec<f32> = (0..size).map(|index| value(index) as f32).collect();
            (name.clone(), TensorData::new(values, shape.clone()))
        })
        .collect();
    StateDict {
        source_name: "formula".into(),
        tensors,
    }
}

fn assert_close(found: f64, expected: f64, scale: f64, what: &str) {
    let difference = (found - expected).abs();
    assert!(
        difference <= 1e-4 * scale,
        "{what}: found {found}, expected {expected}"
    );
}

fn check(architecture: Architecture, blocks: [usize; 4], bottleneck: bool) {
    let golden: Golden = serde_json::from_str(include_str!("golden/resnet_forward.json")).unwrap();
    let expected = golden
        .models
        .iter()
        .find(|model| model.name == architecture.name())
        .unwrap();
    let device = Device::flex();
    let config = EmbeddingModelConfig {
        architecture,
        embedding_size: 8,
        dropout_rate: 0.0,
    };
    let weights = formula_weights(&torchvision_layout(blocks, bottleneck), golden.phase);
    let (model, report) = config
        .init(&device)
        .unwrap()
        .load_backbone(architecture, weights, Completeness::Complete)
        .unwrap();
    assert_eq!(report.unused, ["fc.bias", "fc.weight"]);

    let size = golden.input_shape.iter().product();
    let input: Vec<f32> = (0..size)
        .map(|index| wave(index, 0, golden.phase) as f32)
        .collect();
    let mut x: Tensor<4> = Tensor::from_data(TensorData::new(input, golden.input_shape), &device);
    let features = model.features(x.clone());
    let found: Vec<f32> = features.into_data().iter::<f32>().collect();
    let expected_features: Vec<f64> = expected.features.concat();
    let scale = expected_features
        .iter()
        .fold(0.0_f64, |max, value| max.max(value.abs()));
    assert_eq!(found.len(), expected_features.len());
    for (found, expected) in found.iter().zip(&expected_features) {
        assert_close(f64::from(*found), *expected, scale, "feature");
    }
    x = model.backbone.forward_stages(x, 0..1);
    for (index, expected) in expected.stage_mean_abs.iter().enumerate() {
        x = model.backbone.forward_stages(x, index + 1..index + 2);
        let found = f64::from(x.clone().abs().mean().into_scalar::<f32>());
        assert_close(
            found,
            *expected,
            *expected,
            architecture.stages()[index + 1],
        );
    }
}

#[test]
fn resnet18_equals_torchvision() {
    check(Architecture::Resnet18, [2, 2, 2, 2], false);
}

#[test]
fn resnet34_equals_torchvision() {
    check(Architecture::Resnet34, [3, 4, 6, 3], false);
}

#[test]
fn resnet50_equals_torchvision() {
    check(Architecture::Resnet50, [3, 4, 6, 3], true);
}
