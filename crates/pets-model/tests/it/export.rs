//! Models for PyTorch: names and shapes are torchvision's.

use std::collections::BTreeMap;

use crate::formula::{self, numbers};
use burn::tensor::Device;
use pets_model::{Architecture, EmbeddingModel, EmbeddingModelConfig};
use safetensors::SafeTensors;

fn model(architecture: Architecture, embedding_size: Option<usize>) -> EmbeddingModel {
    let device = Device::flex();
    device.seed(3);
    EmbeddingModelConfig {
        architecture,
        embedding_size,
        dropout_rate: 0.0,
    }
    .init(&device)
    .unwrap()
}

#[test]
fn names_and_shapes_are_torchvisions() {
    let folder = tempfile::tempdir().unwrap();
    for architecture in [
        Architecture::Resnet18,
        Architecture::Resnet34,
        Architecture::Resnet50,
    ] {
        let path = folder.path().join("exported.safetensors");
        model(architecture, Some(16))
            .export(&path, architecture)
            .unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let found: BTreeMap<_, _> = SafeTensors::deserialize(&bytes)
            .unwrap()
            .tensors()
            .into_iter()
            .map(|(name, view)| (name, view.shape().to_vec()))
            .collect();

        let mut expected: BTreeMap<_, _> = formula::torchvision_names(architecture.name())
            .into_iter()
            .filter(|(name, _)| !name.starts_with("fc."))
            .collect();
        let features = architecture.feature_dim();
        expected.extend([
            ("fc.0.weight".to_owned(), vec![512, features]),
            ("fc.0.bias".to_owned(), vec![512]),
            ("fc.3.weight".to_owned(), vec![16, 512]),
            ("fc.3.bias".to_owned(), vec![16]),
        ]);
        assert_eq!(found, expected);
    }
}

#[test]
fn what_is_exported_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exported.safetensors");
    let device = Device::flex();
    let input = formula::input([1, 3, 32, 32], 0.5, &device);
    for (architecture, embedding_size) in [
        (Architecture::Resnet18, Some(16)),
        (Architecture::EfficientnetLite0, Some(16)),
        (Architecture::EfficientnetLite0, None),
    ] {
        let model = model(architecture, embedding_size);
        model.export(&path, architecture).unwrap();
        let opened = EmbeddingModel::open(&path, &device).unwrap();
        assert_eq!(opened.config.architecture, architecture);
        assert_eq!(opened.config.embedding_size, embedding_size);
        assert_eq!(
            numbers(opened.model.forward(input.clone())),
            numbers(model.forward(input.clone()))
        );
    }
}
