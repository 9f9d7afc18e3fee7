//! The checkpoints of a run on the disk: the last two, the newest good one.

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;

use crate::checkpoint::file::Checkpoint;
use crate::error::TrainError;

/// Checkpoints that are kept, so that there is one where the newest turns out to be damaged.
const KEPT: usize = 2;
/// Bytes written at a time: many tensors are small.
const BUFFER: usize = 1 << 20;
/// The most bytes that a checkpoint may have: 16 GiB.
const MAX_FILE: u64 = 16 << 30;
const EXTENSION: &str = "safetensors";

/// The folder with a run's checkpoints.
#[derive(Debug, Clone)]
pub struct CheckpointFolder {
    path: PathBuf,
}

/// The newest checkpoint that is whole, and those behind it that are not.
#[derive(Debug, Default)]
pub struct FoundCheckpoints {
    /// The newest whole checkpoint and its file.
    pub newest: Option<(PathBuf, Checkpoint)>,
    /// Files behind it that cannot be used, each with the reason.
    pub unusable: Vec<(PathBuf, String)>,
}

impl CheckpointFolder {
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The checkpoint files by age, the newest first. None of them has been read.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] where the folder is there and cannot be read.
    pub fn files(&self) -> Result<Vec<PathBuf>, TrainError> {
        let entries = match std::fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|source| self.failed("read", source))?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(|source| self.failed("read", source))?.path();
            if let Some(steps) = steps_in_name(&path) {
                files.push((steps, path));
            }
        }
        files.sort_unstable_by(|a, b| b.cmp(a));
        Ok(files.into_iter().map(|(_, path)| path).collect())
    }

    /// Reads the newest checkpoint that is whole.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] where the folder is there and cannot be read.
    pub fn find(&self) -> Result<FoundCheckpoints, TrainError> {
        let mut found = FoundCheckpoints::default();
        for path in self.files()? {
            let read = pets_files::read(&path, MAX_FILE)
                .map_err(|error| error.to_string())
                .and_then(|bytes| Checkpoint::from_bytes(&bytes));
            match read {
                Ok(checkpoint) => {
                    found.newest = Some((path, checkpoint));
                    break;
                }
                Err(reason) => found.unusable.push((path, reason)),
            }
        }
        Ok(found)
    }

    /// Removes every checkpoint.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] names the file that cannot be removed.
    pub fn clear(&self) -> Result<(), TrainError> {
        self.files()?.into_iter().try_for_each(remove)
    }

    /// Writes a checkpoint, which is there whole or not at all, then removes all but the last two.
    pub(crate) fn write(&self, checkpoint: &Checkpoint) -> Result<PathBuf, TrainError> {
        let path = self
            .path
            .join(format!("step-{:010}.{EXTENSION}", checkpoint.steps()));
        let write = || {
            let mut file = BufWriter::with_capacity(BUFFER, AtomicWriteFile::open(&path)?);
            checkpoint.write(&mut file)?;
            file.into_inner()?.commit()
        };
        write().map_err(|source| TrainError::Io {
            action: "write",
            path: path.clone(),
            source,
        })?;
        // What is ahead of this one could not be used, or the run would have gone on from there.
        let (ahead, others): (Vec<_>, Vec<_>) = self
            .files()?
            .into_iter()
            .filter(|other| *other != path)
            .partition(|other| *other > path);
        let old = others.into_iter().skip(KEPT - 1);
        ahead.into_iter().chain(old).try_for_each(remove)?;
        Ok(path)
    }

    fn failed(&self, action: &'static str, source: io::Error) -> TrainError {
        TrainError::Io {
            action,
            path: self.path.clone(),
            source,
        }
    }
}

fn steps_in_name(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    let (stem, extension) = name.split_once('.')?;
    let digits = stem.strip_prefix("step-")?;
    (extension == EXTENSION).then(|| digits.parse().ok())?
}

fn remove(path: PathBuf) -> Result<(), TrainError> {
    match std::fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(TrainError::Io {
            action: "remove",
            path,
            source,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::file::tests::checkpoint;

    fn steps(folder: &CheckpointFolder) -> Vec<u64> {
        let files = folder.files().unwrap();
        files
            .iter()
            .map(|path| steps_in_name(path).unwrap())
            .collect()
    }

    #[test]
    fn the_last_two_are_kept_and_the_newest_is_found() {
        let place = tempfile::tempdir().unwrap();
        let folder = CheckpointFolder::new(place.path().to_owned());
        assert!(folder.find().unwrap().newest.is_none());
        for steps in [5, 90, 100] {
            folder.write(&checkpoint(steps)).unwrap();
        }
        std::fs::write(place.path().join("step-7.txt"), "of somebody").unwrap();
        assert_eq!(steps(&folder), [100, 90]);
        let (path, newest) = folder.find().unwrap().newest.unwrap();
        assert_eq!(newest.steps(), 100);
        assert_eq!(path, folder.files().unwrap()[0]);
        folder.clear().unwrap();
        assert!(steps(&folder).is_empty());
        assert!(place.path().join("step-7.txt").exists());
    }

    #[test]
    fn a_damaged_one_is_named_passed_over_and_replaced() {
        let place = tempfile::tempdir().unwrap();
        let folder = CheckpointFolder::new(place.path().to_owned());
        for steps in [10, 20] {
            folder.write(&checkpoint(steps)).unwrap();
        }
        let newest = folder.files().unwrap().remove(0);
        let mut bytes = std::fs::read(&newest).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&newest, bytes).unwrap();

        let found = folder.find().unwrap();
        assert_eq!(found.newest.unwrap().1.steps(), 10);
        let (path, reason) = &found.unusable[0];
        assert_eq!(*path, newest);
        assert!(reason.contains("checksum"), "{reason}");

        folder.write(&checkpoint(15)).unwrap();
        assert_eq!(steps(&folder), [15, 10]);
    }
}
