//! A folder in which `pets` runs.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

/// Training of a head alone, in a second or so.
pub(crate) const QUICK: [&str; 8] = [
    "--backbone=efficientnet_lite0",
    "--freeze=backbone",
    "--img-size=32",
    "--batch-size=8",
    "--samples-per-class=2",
    "--num-epochs=1",
    "--embedding-size=8",
    "--device=cpu",
];

/// A folder with drawn pets in `drawn/`, where `pets` runs.
pub(crate) struct Workplace {
    folder: tempfile::TempDir,
}

impl Workplace {
    pub(crate) fn new(breeds: usize, images: usize) -> Self {
        let workplace = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let (breeds, images) = (breeds.to_string(), images.to_string());
        workplace.pets(&[
            "dataset", "draw", "--out", "drawn", "--breeds", &breeds, "--images", &images,
            "--size", "64",
        ]);
        workplace
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The drawn pictures, sorted.
    pub(crate) fn pictures(&self) -> Vec<PathBuf> {
        let images = std::fs::read_dir(self.path().join("drawn/images")).unwrap();
        let mut paths: Vec<_> = images.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    }

    /// Runs `pets` and returns what it printed to stdout; it must succeed.
    pub(crate) fn pets(&self, arguments: &[&str]) -> String {
        let output = Command::cargo_bin("pets")
            .unwrap()
            .args(arguments)
            .current_dir(self.path())
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "pets {arguments:?}: {}\n{stderr}",
            output.status
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs `pets` and returns what it printed to stderr; it must fail, without a panic.
    pub(crate) fn failure(&self, arguments: &[&str]) -> String {
        let (code, said) = self.fails(arguments);
        assert!(matches!(code, 1 | 2), "pets {arguments:?}: {code}\n{said}");
        said
    }

    /// As [`failure`](Self::failure), with exit code 1.
    pub(crate) fn error(&self, arguments: &[&str]) -> String {
        let (code, said) = self.fails(arguments);
        assert_eq!(code, 1, "{arguments:?}");
        said
    }

    /// Starts `pets`, which says what it has to say into the file `log`.
    #[cfg(unix)]
    pub(crate) fn start(&self, arguments: &[&str], log: &str) -> std::process::Child {
        let log = std::fs::File::create(self.path().join(log)).unwrap();
        std::process::Command::new(cargo_bin("pets"))
            .args(arguments)
            .current_dir(self.path())
            .stderr(log)
            .spawn()
            .unwrap()
    }

    /// Runs `pets`, which must fail; its exit code and what it printed to stderr.
    pub(crate) fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = std::process::Command::new(cargo_bin("pets"));
        self.failed(command.args(arguments))
    }

    /// Runs a shell script, whose `$0` is `pets` and which must fail likewise.
    #[cfg(unix)]
    pub(crate) fn script_fails(&self, script: &str) -> (i32, String) {
        let mut command = std::process::Command::new("sh");
        self.failed(command.args(["-c", script]).arg(cargo_bin("pets")))
    }

    fn failed(&self, command: &mut std::process::Command) -> (i32, String) {
        let output = command.current_dir(self.path()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{command:?}: {said}");
        (output.status.code().unwrap(), said)
    }

    #[cfg(unix)]
    pub(crate) fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).unwrap()
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&std::fs::read(self.path().join(path)).unwrap()).unwrap()
    }

    pub(crate) fn history(&self, run: &str) -> Vec<Value> {
        let text =
            std::fs::read_to_string(self.path().join(run).join("logs/history.jsonl")).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}
