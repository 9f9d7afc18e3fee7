//! Batch norm in training: the running statistics after a step are PyTorch's.

use std::collections::BTreeMap;

use crate::formula::{self, assert_close};
use burn::module::Module;
use burn::tensor::Device;
use pets_model::{Architecture, Completeness, EmbeddingModelConfig, ModelDescription, StateDict};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    phase: f64,
    input_shape: [usize; 4],
    statistics: BTreeMap<String, Vec<f64>>,
}

#[test]
fn running_statistics_after_a_step_equal_pytorchs() {
    let golden: Golden =
        serde_json::from_str(include_str!("../golden/batch_norm_step.json")).unwrap();
    let architecture = Architecture::Resnet18;
    let device = Device::flex();
    let config = EmbeddingModelConfig {
        architecture,
        embedding_size: None,
        dropout_rate: 0.0,
    };
    let layout = formula::torchvision_layout(architecture.name());
    let weights = formula::state_dict(&layout, golden.phase);
    let (model, _) = config
        .init(&device)
        .unwrap()
        .load_backbone(architecture, weights, Completeness::Complete)
        .unwrap();

    let model = model.train();
    let input = formula::input(golden.input_shape, golden.phase, &device);
    model.features(input.autodiff());

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("after.safetensors");
    let description = ModelDescription {
        architecture,
        embedding_size: None,
        dropout_rate: 0.0,
        img_size: 32,
        classes: Vec::new(),
        epoch: 0,
        metrics: BTreeMap::new(),
        config: String::new(),
    };
    model.save(&path, &description).unwrap();
    let after = StateDict::from_file(&path).unwrap();
    for (name, expected) in &golden.statistics {
        let found = &after.tensors[&format!("backbone.{name}")];
        assert_close(found.as_slice::<f32>().unwrap(), expected, 1e-4, name);
    }
}
