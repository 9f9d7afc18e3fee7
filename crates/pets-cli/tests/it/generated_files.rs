//! Files that `pets` writes and the repository keeps: `cargo xtask docs` rewrites them.

use std::path::Path;

use assert_cmd::Command;

#[test]
fn the_documented_defaults_are_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs/default.toml");
    let output = Command::cargo_bin("pets")
        .unwrap()
        .args(["config", "--defaults"])
        .output()
        .unwrap();
    if std::env::var_os("PETS_UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &output.stdout).unwrap();
    }
    let kept = std::fs::read(&path).unwrap();
    assert!(
        kept == output.stdout,
        "configs/default.toml is out of date; run `cargo xtask docs`"
    );
}
