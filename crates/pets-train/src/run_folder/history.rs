//! The history of a run: a line of JSON per epoch.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;
use serde::{Deserialize, Serialize};

use crate::error::TrainError;

/// What happened in one epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Epoch, counted from 1.
    pub epoch: usize,
    /// Learning rate of the epoch's first step.
    pub learning_rate: f64,
    /// Learning rate of the epoch's last step.
    pub last_learning_rate: f64,
    /// Mean loss over the epoch's batches.
    pub train_loss: f64,
    /// Mean loss over the validation part; absent without one.
    pub val_loss: Option<f64>,
    /// Recall@1 within the validation part.
    #[serde(rename = "recall@1")]
    pub recall_at_1: Option<f64>,
    /// MAP@R within the validation part.
    #[serde(rename = "map@r")]
    pub map_at_r: Option<f64>,
    /// Mean share of active triplets or pairs.
    pub active_share: Option<f64>,
    /// Share of batches in which the miner found nothing and fell back to another rule.
    pub fallback_share: f64,
    /// Mean distance of positive pairs.
    pub mean_positive_distance: Option<f64>,
    /// Mean distance of negative pairs.
    pub mean_negative_distance: Option<f64>,
    /// Mean length of the embeddings before they are brought to length 1.
    #[serde(default)]
    pub embedding_norm: Option<f64>,
    /// Share of training images nearest to the prototype of their own class (losses with prototypes).
    #[serde(default)]
    pub prototype_accuracy: Option<f64>,
    /// Mean length of a step's gradients, before clipping.
    #[serde(default)]
    pub gradient_norm: Option<f64>,
    /// Batches left out because their loss or gradients were not finite.
    #[serde(default)]
    pub left_out_batches: usize,
    /// Wall-clock seconds of training, without validation.
    pub seconds: f64,
    /// Images trained per second.
    pub images_per_second: f64,
    /// Share of the training time in which the model waited for data.
    pub wait_share: f64,
    /// Whether this epoch is the best so far.
    pub best: bool,
}

/// Appends records to a history file, each flushed to the disk before the next epoch begins.
#[derive(Debug)]
pub(crate) struct HistoryWriter {
    file: File,
    path: PathBuf,
}

impl HistoryWriter {
    /// Begins a file with the epochs that are done already, in place of one that may be there.
    pub(crate) fn create(path: PathBuf, done: &[EpochRecord]) -> Result<Self, TrainError> {
        let create = || {
            let mut file = AtomicWriteFile::open(&path)?;
            for record in done {
                file.write_all(line(record)?.as_bytes())?;
            }
            file.commit()?;
            OpenOptions::new().append(true).open(&path)
        };
        match create() {
            Ok(file) => Ok(Self { file, path }),
            Err(source) => Err(TrainError::Io {
                action: "create",
                path,
                source,
            }),
        }
    }

    /// Appends an epoch; where the disk takes only a part of the line, that part is taken back.
    pub(crate) fn append(&mut self, record: &EpochRecord) -> Result<(), TrainError> {
        let write = |file: &mut File| -> io::Result<()> {
            let line = line(record)?;
            let length = file.metadata()?.len();
            let written = file
                .write_all(line.as_bytes())
                .and_then(|()| file.sync_data());
            if written.is_err() {
                // The error that matters is the one above.
                let _ = file.set_len(length);
            }
            written
        };
        write(&mut self.file).map_err(|source| TrainError::Io {
            action: "write",
            path: self.path.clone(),
            source,
        })
    }
}

fn line(record: &EpochRecord) -> io::Result<String> {
    let mut line = serde_json::to_string(record)?;
    line.push('\n');
    Ok(line)
}

/// Reads a history file.
///
/// # Errors
///
/// [`TrainError::Io`], or [`TrainError::InvalidHistory`] with the line that is not a record.
pub fn read_history(path: &Path) -> Result<Vec<EpochRecord>, TrainError> {
    let failed = |source| TrainError::Io {
        action: "read",
        path: path.to_owned(),
        source,
    };
    let lines = BufReader::new(File::open(path).map_err(failed)?).lines();
    lines
        .enumerate()
        .map(|(index, line)| {
            serde_json::from_str(&line.map_err(failed)?).map_err(|source| {
                TrainError::InvalidHistory {
                    path: path.to_owned(),
                    line: index + 1,
                    source,
                }
            })
        })
        .collect()
}
