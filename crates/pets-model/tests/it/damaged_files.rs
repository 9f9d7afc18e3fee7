//! Damaged files: an error that names the file, or tensors that are what the file says; never a panic.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use burn::tensor::Device;
use pets_fuzz::Fuzz;
use pets_model::{
    Architecture, EmbeddingModel, EmbeddingModelConfig, ModelDescription, ModelError, StateDict,
};
use safetensors::tensor::{Dtype, TensorView};

fn small_safetensors(metadata: Option<&str>) -> Vec<u8> {
    let values: Vec<u8> = [0.5_f32, -1.0, 2.0, 8.0]
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let views = [
        ("conv1.weight", vec![2, 2], Dtype::F32, &values[..]),
        ("bn1.bias", vec![2, 4], Dtype::F16, &values[..]),
        ("bn1.num_batches_tracked", vec![2], Dtype::I64, &values[..]),
        ("head.fc2.weight", vec![4, 1], Dtype::F32, &values[..]),
    ]
    .map(|(name, shape, dtype, bytes)| (name, TensorView::new(dtype, shape, bytes).unwrap()));
    let metadata = metadata.map(|text| [("pets".to_owned(), text.to_owned())].into());
    safetensors::serialize(views, metadata).unwrap()
}

/// Room for the largest backbone: each is made to compare its names with the file's.
const MODEL_MIB: usize = 400;

/// Shows a reader damaged copies of `seeds`, as files. Every error must name the file.
fn run<T>(
    name: &'static str,
    seeds: &[Vec<u8>],
    read: impl Fn(&Path) -> Result<T, ModelError>,
    check: impl Fn(T),
) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged");
    Fuzz::new(name).limit_mib(MODEL_MIB).run(seeds, |bytes| {
        fs::write(&path, bytes).unwrap();
        match read(&path) {
            Ok(content) => {
                check(content);
                true
            }
            Err(error) => {
                let said = error.to_string();
                assert!(said.contains("damaged"), "{said}");
                false
            }
        }
    });
}

#[test]
fn a_header_beyond_its_bound_is_refused() {
    let length: u64 = 5 << 20;
    let names = (0..length / 70).map(|number| {
        format!(r#""tensor-{number}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#)
    });
    let header = format!("{{{}}}", names.collect::<Vec<_>>().join(","));
    let header = header.clone() + &" ".repeat(length as usize - header.len());
    let bytes = [&(header.len() as u64).to_le_bytes(), header.as_bytes()].concat();
    let error = StateDict::from_bytes(&bytes, "long.safetensors").unwrap_err();
    assert!(error.to_string().contains("its header has"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.safetensors");
    fs::write(&path, &bytes).unwrap();
    let error = EmbeddingModel::open(&path, &Device::flex()).unwrap_err();
    assert!(error.to_string().contains("its header has"), "{error}");
}

fn run_state_dict(name: &'static str, seed: Vec<u8>) {
    run(name, &[seed], StateDict::from_file, |weights| {
        for (name, data) in &weights.tensors {
            let size: usize = data.shape().iter().product();
            let found = data.as_slice::<f32>().map(<[f32]>::len);
            assert_eq!(found.ok(), Some(size), "{name}");
        }
    });
}

#[test]
fn fuzz_safetensors() {
    run_state_dict("safetensors", small_safetensors(None));
}

#[test]
fn fuzz_zipped_checkpoints() {
    run_state_dict(
        "zipped checkpoints",
        include_bytes!("../golden/small_zip.pth").to_vec(),
    );
}

#[test]
fn fuzz_legacy_checkpoints() {
    run_state_dict(
        "legacy checkpoints",
        include_bytes!("../golden/small_legacy.pth").to_vec(),
    );
}

#[test]
fn fuzz_model_descriptions() {
    let description = r#"{"format":1,"architecture":"efficientnet_lite0","embedding_size":4,"dropout_rate":0.2,"img_size":32,"classes":["pug"],"epoch":1,"metrics":{"recall@1":0.5},"config":"seed = 1\n"}"#;
    let device = Device::flex();
    run(
        "model descriptions",
        &[small_safetensors(Some(description))],
        |path| EmbeddingModel::open(path, &device),
        |_| panic!("the tensors of no model are in the file"),
    );
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
    let bytes = fs::read(&path).unwrap();
    let metadata = String::from_utf8_lossy(&bytes)
        .find("__metadata__")
        .expect("the header has metadata");

    for step in 0..60 {
        let mut changed = bytes.clone();
        // Within the description, and along the list of tensors behind it.
        let at = metadata + step * 13;
        changed[at] = changed[at].wrapping_add(1 + step as u8);
        fs::write(&path, &changed).unwrap();
        if let Err(error) = EmbeddingModel::open(&path, &Device::flex()) {
            let said = error.to_string();
            assert!(said.contains("model.safetensors"), "{said}");
        }
    }
}
