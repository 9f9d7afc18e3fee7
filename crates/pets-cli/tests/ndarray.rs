//! Training on Burn's ndarray device, where it is compiled in.
#![cfg(feature = "ndarray")]

use assert_cmd::Command;

#[test]
fn a_small_run_trains_on_ndarray() {
    let folder = tempfile::tempdir().unwrap();
    let pets = |arguments: &[&str]| {
        let output = Command::cargo_bin("pets")
            .unwrap()
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "pets {arguments:?}: {}\n{stderr}",
            output.status
        );
    };
    pets(&[
        "dataset",
        "draw",
        "--out=drawn",
        "--breeds=2",
        "--images=6",
        "--size=32",
    ]);
    pets(&[
        "train",
        "--device=ndarray",
        "--data-dir=drawn",
        "--backbone=efficientnet_lite0",
        "--freeze=backbone",
        "--holdout-breeds=none",
        "--img-size=32",
        "--batch-size=4",
        "--samples-per-class=2",
        "--num-epochs=1",
        "--embedding-size=8",
    ]);
    assert!(
        folder
            .path()
            .join("outputs/models/best_model.safetensors")
            .exists()
    );
}
