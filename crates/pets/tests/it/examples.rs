//! The examples run as their first lines say, and say what they find.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::drawn;

/// Runs an example, which Cargo builds beside the tests; it must succeed.
fn run(example: &str, arguments: &[&Path]) -> String {
    let tests = std::env::current_exe().unwrap();
    let built = tests.parent().and_then(Path::parent).unwrap();
    let output = Command::new(built.join("examples").join(example))
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{example}: {error}"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{example}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_model_is_trained_and_explained() {
    let dataset = drawn::pets(3, 10);
    let folder = tempfile::tempdir().unwrap();
    let [run_folder, sheet] = ["run", "sheet.png"].map(|name| folder.path().join(name));
    let said = run("train", &[dataset.path(), &run_folder]);
    assert_eq!(said.matches("loss").count(), 2, "{said}");
    let pictures = drawn::pictures(dataset.path());
    let said = run(
        "explain",
        &[&run_folder, &pictures[0], &pictures[1], &sheet],
    );
    assert!(said.contains("like "), "{said}");
    assert!(sheet.exists() && sheet.with_extension("json").exists());
}

#[test]
fn a_picture_is_most_like_itself() {
    let dataset = drawn::pets(2, 3);
    let pictures = drawn::pictures(dataset.path());
    let said = run("search", &[&pictures[2], &dataset.path().join("images")]);
    let first = said.lines().next().unwrap();
    assert!(first.starts_with("1.0000"), "{said}");
    assert!(
        first.ends_with(&pictures[2].display().to_string()),
        "{said}"
    );
}

#[test]
fn anyones_embeddings_are_evaluated() {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("embeddings.npz");
    let rows = vec![1.0, 0.0, 0.9, 0.1, 0.0, 1.0, 0.1, 0.9];
    let embeddings = pets::eval::Embeddings::new(rows, 2, vec![0, 0, 1, 1]).unwrap();
    pets::eval::EmbeddingsFile::new(embeddings)
        .write(&file)
        .unwrap();
    let said = run("evaluate_embeddings", &[&file]);
    assert!(said.contains("Recall@1   1.0000"), "{said}");
    assert!(said.contains("ROC-AUC    1.0000"), "{said}");
}

#[test]
fn mined_triplets_teach() {
    let said = run("mine_triplets", &[]);
    let losses: Vec<f64> = said
        .lines()
        .map(|line| line.rsplit(' ').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(losses.len(), 5, "{said}");
    assert!(losses[4] < losses[0], "{said}");
}
