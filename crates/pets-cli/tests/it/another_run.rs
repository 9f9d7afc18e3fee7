//! A folder that holds a run, and another that would take its place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::program::{Said, pets_in};
use crate::workplace::Workplace;

const RUN: [&str; 9] = [
    "--data-dir=drawn",
    "--backbone=efficientnet_lite0",
    "--freeze=backbone",
    "--holdout-breeds=none",
    "--img-size=32",
    "--embedding-size=8",
    "--num-epochs=1",
    "--train-test-split=0.6",
    "--no-augment",
];

fn train(workplace: &Workplace, more: &[&str]) -> Said {
    let arguments: Vec<_> = ["train"].iter().chain(&RUN).chain(more).copied().collect();
    pets_in(workplace.path(), &arguments)
}

/// Every file below a folder with its content, but for the lock.
fn files_in(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_in(&path));
        } else if path.file_name().unwrap() != "run.lock" {
            files.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    files
}

fn finished() -> (Workplace, PathBuf) {
    let workplace = Workplace::new(3, 10);
    train(&workplace, &[]).succeeded();
    pets_in(workplace.path(), &["evaluate", "--data-dir=drawn"]).succeeded();
    let run = workplace.path().join("outputs");
    (workplace, run)
}

#[test]
fn what_can_be_known_is_checked_before_anything_is_touched() {
    let (workplace, run) = finished();
    let before = files_in(&run);
    train(&workplace, &["--restart", "--batch-size=10"]).refused_with(&[
        "data.batch_size = 10 (--batch-size) contradicts data.samples_per_class = 4 (default)",
    ]);
    assert_eq!(files_in(&run), before);

    std::fs::write(workplace.path().join("no_weights.safetensors"), "none").unwrap();
    let said = train(
        &workplace,
        &["--restart", "--weights=no_weights.safetensors"],
    );
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert_eq!(files_in(&run), before);

    pets_in(workplace.path(), &["config", "--batch-size=10"])
        .refused_with(&["data.batch_size = 10", "data.samples_per_class = 4"]);
}

#[test]
fn a_finished_run_is_not_replaced_by_mistake_and_leaves_nothing_stale() {
    let (workplace, run) = finished();
    let before = files_in(&run);
    assert!(run.join("results/evaluation.json").exists());
    train(&workplace, &["--seed=2"]).refused_with(&[
        "outputs holds a run that is finished (1 epochs)",
        "pets evaluate --output-dir outputs",
        "--resume",
        "--restart",
    ]);
    assert_eq!(files_in(&run), before);

    train(&workplace, &["--seed=2", "--restart"]).succeeded();
    assert!(!run.join("results/evaluation.json").exists());
    let after = files_in(&run);
    let model = run.join("models/best_model.safetensors");
    assert_ne!(after[&model], before[&model]);

    // Models whose checkpoints somebody removed are a run, too.
    std::fs::remove_dir_all(run.join("checkpoints")).unwrap();
    train(&workplace, &[]).refused_with(&["--restart"]);
}

#[cfg(unix)]
#[test]
fn a_run_goes_on_in_a_folder_of_any_name() {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStrExt;

    let (workplace, run) = finished();
    for name in [&b" \"run\" "[..], b"run-\xff", b"'run'"] {
        let name = OsStr::from_bytes(name);
        let folder = workplace.path().join(name);
        std::fs::rename(&run, &folder).unwrap();
        let words = ["train", "--resume"].map(OsString::from);
        let words: Vec<_> = words.into_iter().chain([name.to_owned()]).collect();
        let said = pets_in(workplace.path(), &words).succeeded();
        assert!(said.stderr.contains("1 epochs"), "{}", said.stderr);
        assert!(!run.exists());
        std::fs::rename(&folder, &run).unwrap();
    }
}
