//! Files that PyTorch wrote.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::formula::{self, assert_close, numbers};
use burn::tensor::Device;
use pets_model::{Architecture, EmbeddingModel, ModelError, StateDict};
use serde::Deserialize;
use zip::write::SimpleFileOptions;

#[derive(Deserialize)]
struct OriginalCheckpoint {
    phase: f64,
    input_shape: [usize; 4],
    tensors: Vec<(String, Vec<usize>)>,
    storage_sizes: Vec<usize>,
    embeddings: Vec<f64>,
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn original_checkpoint() -> OriginalCheckpoint {
    serde_json::from_str(include_str!("../golden/original_checkpoint.json")).unwrap()
}

/// Writes the archive around the pickle that `torch.save` made, with the tensors by the formula.
fn write_original_checkpoint(path: &Path, golden: &OriginalCheckpoint) {
    let mut archive = zip::ZipWriter::new(File::create(path).unwrap());
    let options = SimpleFileOptions::default();
    let mut add = |name: &str, content: &[u8]| {
        archive
            .start_file(format!("archive/{name}"), options)
            .unwrap();
        archive.write_all(content).unwrap();
    };
    add(
        "data.pkl",
        include_bytes!("../golden/original_checkpoint.pkl"),
    );
    add("byteorder", b"little");
    let mut position = 0;
    for (key, size) in golden.storage_sizes.iter().enumerate() {
        let content: Vec<u8> = match golden.tensors.get(key) {
            Some((name, shape)) if !name.ends_with("num_batches_tracked") => {
                let values = formula::values(name, shape, position, golden.phase);
                position += 1;
                values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect()
            }
            _ => vec![0; *size],
        };
        assert_eq!(content.len(), *size);
        add(&format!("data/{key}"), &content);
    }
    add("version", b"3\n");
    archive.finish().unwrap();
}

#[test]
fn a_checkpoint_of_the_original_gives_its_embeddings() {
    let golden = original_checkpoint();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("best_model.pth");
    write_original_checkpoint(&path, &golden);

    let device = Device::flex();
    let opened = EmbeddingModel::open(&path, &device).unwrap();
    assert_eq!(opened.config.architecture, Architecture::Resnet18);
    assert_eq!(opened.config.embedding_size, Some(8));
    assert_eq!(opened.description, None);

    let input = formula::input(golden.input_shape, golden.phase, &device);
    let embeddings = numbers(opened.model.forward(input));
    assert_close(&embeddings, &golden.embeddings, 1e-4, "embeddings");
}

#[test]
fn state_dicts_of_torchvision_are_told_apart_by_their_tensors() {
    let folder = tempfile::tempdir().unwrap();
    for architecture in [Architecture::Resnet34, Architecture::Resnet50] {
        let layout = formula::torchvision_layout(architecture.name());
        let path = folder.path().join("weights.safetensors");
        write_safetensors(&path, &formula::state_dict(&layout, 0.5));
        let opened = EmbeddingModel::open(&path, &Device::flex()).unwrap();
        assert_eq!(opened.config.architecture, architecture);
        assert_eq!(opened.config.embedding_size, None);
        assert_eq!(opened.config.embedding_dim(), architecture.feature_dim());
    }
}

fn write_safetensors(path: &Path, weights: &StateDict) {
    let views = weights.tensors.iter().map(|(name, data)| {
        let view = safetensors::tensor::TensorView::new(
            safetensors::Dtype::F32,
            data.shape().to_vec(),
            data.as_bytes(),
        );
        (name.as_str(), view.unwrap())
    });
    std::fs::write(path, safetensors::serialize(views, None).unwrap()).unwrap();
}

#[test]
fn a_deeper_network_is_not_taken_for_a_shallower_one() {
    let mut layout = formula::torchvision_layout("resnet50");
    for (name, shape) in layout.clone() {
        if let Some(rest) = name.strip_prefix("layer3.5.") {
            layout.push((format!("layer3.6.{rest}"), shape));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deeper.safetensors");
    write_safetensors(&path, &formula::state_dict(&layout, 0.5));
    let error = EmbeddingModel::open(&path, &Device::flex()).unwrap_err();
    assert!(matches!(error, ModelError::WeightsMismatch { .. }));
    let said = error.to_string();
    assert!(
        said.contains("unexpected (15): backbone.layer3.6."),
        "{said}"
    );
}

#[test]
fn tensors_of_no_known_backbone_are_named() {
    let error = EmbeddingModel::open(&golden("small_zip.pth"), &Device::flex()).unwrap_err();
    assert!(matches!(error, ModelError::UnknownModel { .. }));
    let said = error.to_string();
    assert!(said.contains("layer.weight"), "{said}");
}

#[test]
fn every_kind_of_number_in_both_formats() {
    for file in ["small_zip.pth", "small_legacy.pth"] {
        let weights = StateDict::from_file(&golden(file)).unwrap();
        let values = |name: &str| weights.tensors[name].as_slice::<f32>().unwrap().to_vec();
        assert_eq!(
            values("layer.weight"),
            [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5],
            "{file}"
        );
        let transposed = &weights.tensors["layer.transposed"];
        assert_eq!(transposed.shape().to_vec(), [3, 2], "{file}");
        assert_eq!(
            values("layer.transposed"),
            [-2.5, 0.5, -1.5, 1.5, -0.5, 2.5],
            "{file}"
        );
        assert_eq!(values("layer.half"), [0.5, -1.25], "{file}");
        assert_eq!(values("layer.bfloat"), [0.5, -1.25], "{file}");
        assert_eq!(values("layer.double"), [1e-3], "{file}");
        assert!(!weights.tensors.contains_key("layer.num_batches_tracked"));
    }
}
