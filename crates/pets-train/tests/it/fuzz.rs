//! Damaged files of a run: an error that names the file, or what the file says; never a panic.

use std::fs;
use std::path::Path;

use pets_fuzz::Fuzz;
use pets_train::{EpochRecord, TrainError, read_history};

/// Shows a reader of files damaged copies of `seeds`. Every error must name the file.
fn run<T>(name: &'static str, seeds: &[Vec<u8>], read: impl Fn(&Path) -> Result<T, TrainError>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged");
    Fuzz::new(name).limit_mib(64).run(seeds, |bytes| {
        fs::write(&path, bytes).unwrap();
        match read(&path) {
            Ok(_) => true,
            Err(error) => {
                let said = error.to_string();
                assert!(said.contains("damaged"), "{said}");
                false
            }
        }
    });
}

fn history() -> Vec<u8> {
    let record = EpochRecord {
        epoch: 1,
        learning_rate: 1e-3,
        last_learning_rate: 5e-4,
        train_loss: 0.25,
        val_loss: Some(0.5),
        recall_at_1: Some(0.75),
        map_at_r: None,
        active_share: Some(0.125),
        fallback_share: 0.0,
        left_out_batches: 0,
        mean_positive_distance: Some(0.4),
        mean_negative_distance: Some(1.2),
        embedding_norm: None,
        prototype_accuracy: None,
        gradient_norm: Some(2.0),
        seconds: 1.5,
        images_per_second: 64.0,
        wait_share: 0.1,
        best: true,
    };
    let second = EpochRecord {
        epoch: 2,
        best: false,
        ..record.clone()
    };
    [record, second]
        .iter()
        .flat_map(|record| (serde_json::to_string(record).unwrap() + "\n").into_bytes())
        .collect()
}

#[test]
fn fuzz_history() {
    run("history", &[history()], read_history);
}
