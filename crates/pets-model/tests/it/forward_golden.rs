//! Backbones against independent implementations in float64: torchvision's ResNets, and EfficientNet-Lite0 on plain
//! functions.

use crate::formula::{self, assert_close, numbers};
use burn::tensor::Device;
use pets_model::{
    Architecture, Completeness, EmbeddingModel, EmbeddingModelConfig, StateDict, WeightsSource,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Resnets {
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

#[derive(Deserialize)]
struct Lite0 {
    phase: f64,
    input_shape: [usize; 4],
    features: Vec<f64>,
    stage_mean_abs: Vec<f64>,
}

fn loaded(architecture: Architecture, weights: StateDict) -> (EmbeddingModel, Vec<String>) {
    let config = EmbeddingModelConfig {
        architecture,
        embedding_size: None,
        dropout_rate: 0.0,
    };
    let (model, report) = config
        .init(&Device::flex())
        .unwrap()
        .load_backbone(architecture, weights, Completeness::Complete)
        .unwrap();
    (model, report.unused)
}

fn check_resnet(architecture: Architecture) {
    let golden: Resnets =
        serde_json::from_str(include_str!("../golden/resnet_forward.json")).unwrap();
    let expected = golden
        .models
        .iter()
        .find(|model| model.name == architecture.name())
        .unwrap();
    let layout = formula::torchvision_layout(architecture.name());
    let (model, unused) = loaded(architecture, formula::state_dict(&layout, golden.phase));
    assert_eq!(unused, ["fc.bias", "fc.weight"]);

    let input = formula::input(golden.input_shape, golden.phase, &Device::flex());
    let features = numbers(model.features(input.clone()));
    assert_close(&features, &expected.features.concat(), 1e-4, "features");

    let mut x = model.backbone.forward_stages(input, 0..1);
    for (index, expected) in expected.stage_mean_abs.iter().enumerate() {
        x = model.backbone.forward_stages(x, index + 1..index + 2);
        let found = x.clone().abs().mean().into_scalar::<f32>();
        let stage = architecture.stages()[index + 1];
        assert_close(&[found], &[*expected], 1e-4, stage);
    }
}

#[test]
fn resnet18_equals_torchvision() {
    check_resnet(Architecture::Resnet18);
}

#[test]
fn resnet34_equals_torchvision() {
    check_resnet(Architecture::Resnet34);
}

#[test]
fn resnet50_equals_torchvision() {
    check_resnet(Architecture::Resnet50);
}

#[test]
fn efficientnet_lite0_equals_an_independent_implementation() {
    let golden: Lite0 =
        serde_json::from_str(include_str!("../golden/efficientnet_lite0_forward.json")).unwrap();
    let architecture = Architecture::EfficientnetLite0;
    let WeightsSource::Bundled(bundled) = architecture.pretrained()[0].source else {
        panic!("the weights of {architecture} are bundled");
    };
    let weights = StateDict::from_bytes(bundled.bytes().unwrap(), "bundled").unwrap();
    let (model, unused) = loaded(architecture, weights);
    assert_eq!(unused, ["_fc.bias", "_fc.weight"]);

    let input = formula::input(golden.input_shape, golden.phase, &Device::flex());
    let features = numbers(model.features(input.clone()));
    assert_close(&features, &golden.features, 1e-4, "features");

    let mut x = input;
    for (index, expected) in golden.stage_mean_abs.iter().enumerate() {
        x = model.backbone.forward_stages(x, index..index + 1);
        let found = x.clone().abs().mean().into_scalar::<f32>();
        assert_close(&[found], &[*expected], 1e-4, architecture.stages()[index]);
    }
}
