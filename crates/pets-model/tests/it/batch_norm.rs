//! Batch norm in training: the running statistics after a step are PyTorch's.

use std::collections::BTreeMap;
use std::env;
use std::process::Command;

use crate::formula::{self, assert_close};
use burn::module::Module;
use burn::tensor::Device;
use pets_kernels::InstructionSet;
use pets_model::{Architecture, Completeness, EmbeddingModelConfig, ModelDescription, StateDict};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    phase: f64,
    input_shape: [usize; 4],
    statistics: BTreeMap<String, Statistic>,
}

#[derive(Deserialize)]
struct Statistic {
    /// In float64.
    values: Vec<f64>,
    /// The largest error of PyTorch's own float32, by the largest value.
    float32_error: f64,
}

/// Errors may be as many times those of PyTorch's float32, which are 1e-7 of the largest value at the start and 1.2e-4 at
/// the end, where the norm of two values tears apart what lies close together. Ours are 0.5 to 1.5 times as large, with
/// AVX-512 1.8e-4 at the end: in the order of its sums alone it differs from AVX2, which has 6.6e-5 there.
const MARGIN: f64 = 2.0;

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
        assert_close(
            found.as_slice::<f32>().unwrap(),
            &expected.values,
            MARGIN * expected.float32_error,
            name,
        );
    }
}

#[test]
fn they_do_with_all_instruction_sets() {
    for set in InstructionSet::ALL {
        if !set.is_available() {
            println!(
                "NOT RUN with {}, which this machine lacks: running statistics",
                set.name()
            );
            continue;
        }
        let output = Command::new(env::current_exe().unwrap())
            .arg("running_statistics_after_a_step_equal_pytorchs")
            .env("PETS_KERNELS", set.name())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}:\n{said}", set.name());
        assert!(said.contains(" 1 passed"), "no test ran:\n{said}");
    }
}
