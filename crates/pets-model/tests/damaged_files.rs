//! Files with random damage: an error that names the file, or tensors that are what the file says; never a panic.

use std::collections::BTreeMap;
use std::path::Path;

use burn::tensor::Device;
use pets_model::{
    Architecture, EmbeddingModel, EmbeddingModelConfig, ModelDescription, ModelError, StateDict,
};
use proptest::prelude::*;
use safetensors::tensor::{Dtype, TensorView};

/// What is done to a file.
#[derive(Debug, Clone)]
enum Damage {
    Set(usize, u8),
    Truncate(usize),
    Insert(usize, u8),
    Remove(usize),
}

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let position = any::<usize>;
    let one = prop_oneof![
        4 => (position(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        1 => position().prop_map(Damage::Truncate),
        1 => (position(), any::<u8>()).prop_map(|(at, byte)| Damage::Insert(at, byte)),
        1 => position().prop_map(Damage::Remove),
    ];
    prop::collection::vec(one, 1..4)
}

fn damaged(mut bytes: Vec<u8>, damage: &[Damage]) -> Vec<u8> {
    for one in damage {
        let length = bytes.len().max(1);
        match *one {
            Damage::Set(at, byte) => {
                if let Some(place) = bytes.get_mut(at % length) {
                    *place = byte;
                }
            }
            Damage::Truncate(at) => bytes.truncate(at % length),
            Damage::Insert(at, byte) => bytes.insert(at % length, byte),
            Damage::Remove(at) => {
                if !bytes.is_empty() {
                    bytes.remove(at % length);
                }
            }
        }
    }
    bytes
}

fn check(path: &Path, outcome: &Result<StateDict, ModelError>) -> Result<(), TestCaseError> {
    match outcome {
        Ok(weights) => {
            for (name, data) in &weights.tensors {
                let size: usize = data.shape().iter().product();
                let found = data.as_slice::<f32>().map(<[f32]>::len);
                prop_assert_eq!(found.ok(), Some(size), "{}", name);
            }
        }
        Err(error) => {
            let said = error.to_string();
            prop_assert!(said.contains(&path.display().to_string()), "{}", said);
        }
    }
    Ok(())
}

fn small_safetensors() -> Vec<u8> {
    let values: Vec<u8> = [0.5_f32, -1.0, 2.0, 8.0]
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let views = [
        ("conv1.weight", vec![2, 2], Dtype::F32, &values[..]),
        ("bn1.bias", vec![2, 4], Dtype::F16, &values[..]),
        ("bn1.num_batches_tracked", vec![2], Dtype::I64, &values[..]),
    ]
    .map(|(name, shape, dtype, bytes)| (name, TensorView::new(dtype, shape, bytes).unwrap()));
    safetensors::serialize(views, None).unwrap()
}

fn read_damaged(original: Vec<u8>, damage: &[Damage]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights");
    std::fs::write(&path, damaged(original, damage)).unwrap();
    check(&path, &StateDict::from_file(&path))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn safetensors(damage in damage()) {
        read_damaged(small_safetensors(), &damage)?;
    }

    #[test]
    fn zipped_checkpoints(damage in damage()) {
        read_damaged(include_bytes!("golden/small_zip.pth").to_vec(), &damage)?;
    }

    #[test]
    fn legacy_checkpoints(damage in damage()) {
        read_damaged(include_bytes!("golden/small_legacy.pth").to_vec(), &damage)?;
    }
}

/// A model file's header, damaged in front of the right tensors.
#[test]
fn headers_of_model_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let architecture = Architecture::EfficientnetLite0;
    let model = EmbeddingModelConfig {
        architecture,
        embedding_size: Some(4),
        dropout_rate: 0.0,
    }
    .init(&Device::flex())
    .unwrap();
    let description = ModelDescription {
        architecture,
        embedding_size: Some(4),
        dropout_rate: 0.0,
        img_size: 32,
        classes: vec!["pug".into()],
        epoch: 1,
        metrics: BTreeMap::new(),
        config: "seed = 1\n".into(),
    };
    model.save(&path, &description).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let metadata = String::from_utf8_lossy(&bytes)
        .find("__metadata__")
        .expect("the header has metadata");

    for step in 0..60 {
        let mut changed = bytes.clone();
        // Within the description, and along the list of tensors behind it.
        let at = metadata + step * 13;
        changed[at] = changed[at].wrapping_add(1 + step as u8);
        std::fs::write(&path, &changed).unwrap();
        if let Err(error) = EmbeddingModel::open(&path, &Device::flex()) {
            let said = error.to_string();
            assert!(said.contains("model.safetensors"), "{said}");
        }
    }
}
