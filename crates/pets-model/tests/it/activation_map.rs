//! Activation maps against PyTorch's, and what they say where there is nothing to show.

use crate::formula::{self, assert_close};
use burn::tensor::{Device, Distribution, Tensor, TensorData};
use pets_model::{
    Architecture, Completeness, EmbeddingModel, EmbeddingModelConfig, MapMethod, MapTarget,
    StateDict, WeightsSource, l2_normalize, stage_index,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    phase: f64,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    backbone: String,
    stage: String,
    input_shape: [usize; 4],
    /// The value explained; without one, the similarity to the formula's target.
    dimension: Option<usize>,
    method: String,
    score: f64,
    size: [usize; 2],
    values: Vec<f64>,
}

fn model(architecture: Architecture, phase: f64) -> EmbeddingModel {
    let weights = match architecture.pretrained()[0].source {
        WeightsSource::Bundled(bundled) => {
            StateDict::from_bytes(bundled.bytes().unwrap(), "bundled").unwrap()
        }
        WeightsSource::Published { .. } => {
            formula::state_dict(&formula::torchvision_layout(architecture.name()), phase)
        }
    };
    EmbeddingModelConfig {
        architecture,
        embedding_size: None,
        dropout_rate: 0.0,
    }
    .init(&Device::flex())
    .unwrap()
    .load_backbone(architecture, weights, Completeness::Complete)
    .unwrap()
    .0
}

fn formula_target(size: usize, phase: f64) -> Tensor<2> {
    let values = formula::values("target", &[1, size], 7, phase);
    l2_normalize(Tensor::from_data(
        TensorData::new(values, [1, size]),
        &Device::flex(),
    ))
}

#[test]
fn maps_equal_pytorchs() {
    let golden: Golden =
        serde_json::from_str(include_str!("../golden/activation_maps.json")).unwrap();
    assert_eq!(golden.cases.len(), 8);
    for case in &golden.cases {
        let architecture: Architecture = case.backbone.parse().unwrap();
        let model = model(architecture, golden.phase);
        let target = case.dimension.map_or_else(
            || MapTarget::Similarity(formula_target(architecture.feature_dim(), golden.phase)),
            MapTarget::Dimension,
        );
        let method = match case.method.as_str() {
            "grad_cam" => MapMethod::GradCam,
            _ => MapMethod::LayerCam,
        };
        let stage = stage_index(&case.stage, architecture).unwrap();
        let image = formula::input(case.input_shape, golden.phase, &Device::flex());
        let map = model.activation_map(image, target, stage, method);
        assert_eq!([map.height, map.width], case.size);
        let what = format!("{} {} {:?}", case.backbone, case.method, case.dimension);
        assert_close(&[map.score], &[case.score], 1e-3, &what);
        assert_close(&map.values, &case.values, 1e-3, &what);
    }
}

fn random_picture(device: &Device) -> Tensor<4> {
    device.seed(3);
    Tensor::random([1, 3, 64, 64], Distribution::Normal(0.0, 1.0), device)
}

#[test]
fn every_stage_has_a_map_of_its_size() {
    let device = Device::flex();
    for architecture in [Architecture::Resnet18, Architecture::EfficientnetLite0] {
        let model = model(architecture, 0.5);
        // Features are positive, and so is a prototype of them.
        let prototype = formula_target(architecture.feature_dim(), 0.5).abs();
        let target = MapTarget::Similarity(prototype);
        let mut sides = Vec::new();
        for stage in 0..architecture.stages().len() {
            let image = formula::input([1, 3, 96, 80], 0.5, &device);
            let map = model.activation_map(image, target.clone(), stage, MapMethod::LayerCam);
            assert_eq!(map.values.len(), map.height * map.width);
            assert!(!map.is_empty(), "{architecture}, stage {stage}");
            sides.push(map.height);
        }
        assert!(sides.is_sorted_by(|a, b| a >= b), "{sides:?}");
    }
}

#[test]
fn a_constant_picture_has_nothing_to_show() {
    let device = Device::flex();
    let architecture = Architecture::EfficientnetLite0;
    let model = model(architecture, 0.5);
    let target = MapTarget::Similarity(formula_target(architecture.feature_dim(), 0.5));
    // Gray to the eye, but each colour has its own value after normalisation.
    let colours = Tensor::<1>::from_data([-0.5, 0.1, 0.8], &device).reshape([1, 3, 1, 1]);
    let image = colours.expand([1, 3, 64, 64]);
    for stage in [2, architecture.stages().len() - 1] {
        for method in [MapMethod::GradCam, MapMethod::LayerCam] {
            let map = model.activation_map(image.clone(), target.clone(), stage, method);
            assert!(map.is_empty(), "stage {stage}, {method:?}");
        }
    }
}

#[test]
fn likeness_to_itself_has_nothing_to_show() {
    let device = Device::flex();
    let model = model(Architecture::EfficientnetLite0, 0.5);
    let image = random_picture(&device);
    let itself = MapTarget::Similarity(model.forward(image.clone()));
    let map = model.activation_map(image, itself, 8, MapMethod::GradCam);
    assert!((map.score - 1.0).abs() < 1e-5);
    assert!(map.is_empty(), "{:?}", map.values);
}

#[test]
fn methods_are_found_by_the_names_they_have() {
    for method in MapMethod::ALL {
        assert_eq!(method.to_string().parse::<MapMethod>().unwrap(), method);
    }
    let error = "cam".parse::<MapMethod>().unwrap_err().to_string();
    assert!(error.contains("grad-cam, layer-cam"), "{error}");
}
