//! The history of a run: a line of JSON per epoch.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;

use crate::error::TrainError;
use crate::progress::epoch_record::EpochRecord;

/// The most bytes that a history may have: 64 MiB, over a hundred thousand epochs.
const MAX_FILE: u64 = 64 << 20;

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
    let text = pets_files::read_text(path, MAX_FILE).map_err(failed)?;
    text.lines()
        .enumerate()
        .map(|(index, line)| {
            serde_json::from_str(line).map_err(|source| TrainError::InvalidHistory {
                path: path.to_owned(),
                line: index + 1,
                source,
            })
        })
        .collect()
}
