//! Damaged files of embeddings: an error that names the file, or embeddings; never a panic.

use std::fs;
use std::path::{Path, PathBuf};

use pets_eval::{Embeddings, EmbeddingsFile, EvalError};
use pets_fuzz::Fuzz;

fn kept(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files");
    fs::read(folder.join(name)).unwrap()
}

/// A small file with everything, as this crate writes it.
fn written(name: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let embeddings = Embeddings::new(vec![0.0, 1.0, 1.0, 0.0, 0.5, 0.5], 2, vec![1, 0, 1]);
    EmbeddingsFile::new(embeddings.unwrap())
        .with_paths(vec![
            "rex.jpg".into(),
            "tom.jpg".into(),
            "kätzchen 3.jpg".into(),
        ])
        .unwrap()
        .with_class_names(vec!["cat".into(), "dog".into()])
        .unwrap()
        .write(&path)
        .unwrap();
    fs::read(path).unwrap()
}

struct Place {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged");
    Place {
        _folder: folder,
        path,
    }
}

fn is_whole(outcome: Result<EmbeddingsFile, EvalError>) -> bool {
    match outcome {
        Ok(file) => {
            let embeddings = file.embeddings();
            let (rows, dim) = (embeddings.len(), embeddings.dim());
            assert!(rows > 0 && dim > 0);
            assert_eq!(embeddings.as_slice().len(), rows * dim);
            assert_eq!(embeddings.labels().len(), rows);
            true
        }
        Err(error) => {
            let said = error.to_string();
            assert!(said.contains("damaged") || said.contains("good"), "{said}");
            false
        }
    }
}

fn run(name: &'static str, seeds: &[Vec<u8>]) {
    let Place { path, _folder } = place();
    Fuzz::new(name).run(seeds, |bytes| {
        fs::write(&path, bytes).unwrap();
        is_whole(EmbeddingsFile::read(
            &path,
            EmbeddingsFile::DEFAULT_MAX_MEMORY,
        ))
    });
}

#[test]
fn fuzz_npz() {
    run(
        "npz",
        &[
            kept("compressed.npz"),
            kept("stored.npz"),
            written("file.npz"),
        ],
    );
}

#[test]
fn fuzz_safetensors_of_embeddings() {
    run("safetensors of embeddings", &[written("file.safetensors")]);
}

#[test]
fn fuzz_npy() {
    let Place { path, _folder } = place();
    let good = path.with_file_name("good.npy");
    fs::write(&good, kept("labels.npy")).unwrap();
    let seeds = ["columns.npy", "embeddings.npy", "labels.npy"].map(kept);
    Fuzz::new("npy").run(&seeds, |bytes| {
        fs::write(&path, bytes).unwrap();
        let limit = EmbeddingsFile::DEFAULT_MAX_MEMORY;
        is_whole(EmbeddingsFile::read_npy(&path, &good, limit))
    });
}
