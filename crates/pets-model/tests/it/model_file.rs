//! Model files: what is written is read back, and what is wrong with a file is said.

use std::collections::BTreeMap;
use std::path::Path;

use burn::tensor::{Device, Distribution, Tensor};
use pets_model::{Architecture, Completeness, EmbeddingModel, EmbeddingModelConfig, FrozenStages};
use pets_model::{ModelDescription, ModelError, StateDict, WeightsSource};
use safetensors::tensor::SafeTensors;

fn description(architecture: Architecture) -> ModelDescription {
    ModelDescription {
        architecture,
        embedding_size: Some(16),
        dropout_rate: 0.1,
        img_size: 48,
        classes: vec!["Bengal".into(), "pug".into()],
        epoch: 3,
        metrics: BTreeMap::from([("recall@1".into(), 0.5)]),
        config: "seed = 1\n".into(),
    }
}

fn model(architecture: Architecture, device: &Device) -> EmbeddingModel {
    device.seed(5);
    EmbeddingModelConfig {
        architecture,
        embedding_size: Some(16),
        dropout_rate: 0.1,
    }
    .init(device)
    .unwrap()
}

fn saved(architecture: Architecture, path: &Path) -> EmbeddingModel {
    let model = model(architecture, &Device::flex());
    model.save(path, &description(architecture)).unwrap();
    model
}

fn embeddings(model: &EmbeddingModel) -> Vec<f32> {
    let device = Device::flex();
    device.seed(9);
    let images = Tensor::random([2, 3, 48, 48], Distribution::Normal(0.0, 1.0), &device);
    model.forward(images).into_data().iter::<f32>().collect()
}

#[test]
fn every_architecture_survives_a_round_trip() {
    let folder = tempfile::tempdir().unwrap();
    for &architecture in Architecture::ALL {
        let path = folder.path().join("model.safetensors");
        let before = saved(architecture, &path);
        let opened = EmbeddingModel::open(&path, &Device::flex()).unwrap();
        assert_eq!(opened.description, Some(description(architecture)));
        assert_eq!(embeddings(&opened.model), embeddings(&before));
    }
}

#[test]
fn tensor_names_are_pytorchs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    saved(Architecture::Resnet18, &path);
    let bytes = std::fs::read(&path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    for (name, shape) in [
        ("backbone.conv1.weight", vec![64, 3, 7, 7]),
        ("backbone.bn1.weight", vec![64]),
        ("backbone.layer2.0.downsample.0.weight", vec![128, 64, 1, 1]),
        ("backbone.layer2.0.downsample.1.running_var", vec![128]),
        ("head.fc1.weight", vec![512, 512]),
        ("head.fc2.bias", vec![16]),
    ] {
        assert_eq!(file.tensor(name).unwrap().shape(), shape, "{name}");
    }
    saved(Architecture::EfficientnetLite0, &path);
    let bytes = std::fs::read(&path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let shape = file
        .tensor("backbone._blocks.1._depthwise_conv.weight")
        .unwrap()
        .shape()
        .to_vec();
    assert_eq!(shape, [96, 1, 3, 3]);
}

#[test]
fn embeddings_have_length_one_whatever_the_input() {
    let found = embeddings(&model(Architecture::Resnet18, &Device::flex()));
    for row in found.chunks(16) {
        let length: f32 = row.iter().map(|value| value * value).sum();
        assert!((length - 1.0).abs() < 1e-5, "{length}");
    }
}

#[test]
fn frozen_and_trainable_part_make_the_whole() {
    let device = Device::flex();
    for &architecture in Architecture::ALL {
        let model = model(architecture, &device);
        let images = Tensor::random([2, 3, 48, 48], Distribution::Normal(0.0, 1.0), &device);
        let whole = model.forward(images.clone()).into_data();
        for name in ["none", "backbone", architecture.stages()[1]] {
            let frozen = FrozenStages::parse(name, architecture).unwrap();
            let activations = model.forward_frozen(images.clone(), frozen);
            let joined = model.forward_trainable(activations, frozen).into_data();
            whole.assert_approx_eq::<f32>(&joined, burn::tensor::Tolerance::absolute(1e-6));
        }
    }
}

#[test]
fn an_unknown_stage_lists_the_known_ones() {
    let error = FrozenStages::parse("layer9", Architecture::Resnet18)
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "unknown stage `layer9` of resnet18; known: stem, layer1, layer2, layer3, layer4"
    );
}

#[test]
fn a_truncated_file_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    saved(Architecture::EfficientnetLite0, &path);
    let bytes = std::fs::read(&path).unwrap();
    for length in [0, 7, 100, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let error = EmbeddingModel::open(&path, &Device::flex())
            .unwrap_err()
            .to_string();
        assert!(error.contains("model.safetensors"), "{error}");
    }
}

fn load_resnet18(
    weights: StateDict,
    completeness: Completeness,
) -> Result<Vec<String>, ModelError> {
    let architecture = Architecture::Resnet18;
    let (_, report) =
        model(architecture, &Device::flex()).load_backbone(architecture, weights, completeness)?;
    Ok(report.missing)
}

fn resnet18_weights() -> StateDict {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    saved(Architecture::Resnet18, &path);
    StateDict::from_file(&path)
        .unwrap()
        .strip_prefix("backbone.")
}

#[test]
fn a_missing_tensor_is_an_error_unless_partial_weights_are_allowed() {
    let mut weights = resnet18_weights();
    weights.tensors.remove("layer4.1.conv2.weight").unwrap();
    let error = load_resnet18(weights.clone(), Completeness::Complete)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("missing (1): layer4.1.conv2.weight"),
        "{error}"
    );
    let missing = load_resnet18(weights, Completeness::AllowPartial).unwrap();
    assert_eq!(missing, ["layer4.1.conv2.weight"]);
}

#[test]
fn a_wrong_shape_names_tensor_expected_and_found() {
    let mut weights = resnet18_weights();
    let wrong = burn::tensor::TensorData::zeros::<f32, _>([64, 3, 3, 3]);
    weights.tensors.insert("conv1.weight".into(), wrong);
    let error = load_resnet18(weights, Completeness::AllowPartial)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`conv1.weight` has shape [64, 3, 3, 3], expected [64, 3, 7, 7]"),
        "{error}"
    );
}

#[test]
fn nan_among_the_weights_is_an_error() {
    let mut weights = resnet18_weights();
    let mut values = vec![0.0_f32; 64];
    values[7] = f32::NAN;
    weights.tensors.insert(
        "bn1.bias".into(),
        burn::tensor::TensorData::new(values, [64]),
    );
    let error = load_resnet18(weights, Completeness::AllowPartial)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`bn1.bias` holds values that are not finite"),
        "{error}"
    );
}

#[test]
fn weights_of_another_architecture_are_refused_even_where_partial_ones_are_allowed() {
    let WeightsSource::Bundled(bundled) = Architecture::EfficientnetLite0.pretrained()[0].source
    else {
        panic!("the weights of EfficientNet-Lite0 are bundled");
    };
    let weights = StateDict::from_bytes(bundled.bytes().unwrap(), "bundled").unwrap();
    load_resnet18(weights, Completeness::AllowPartial).unwrap_err();
}
