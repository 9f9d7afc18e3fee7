//! The folder of a run and where things stand in it.

use std::io;
use std::path::{Path, PathBuf};

use crate::checkpoint::folder::CheckpointFolder;
use crate::error::TrainError;

/// A run's folder: `config.toml`, `models/`, `checkpoints/`, `results/` and `logs/`.
#[derive(Debug, Clone)]
pub struct RunFolder {
    root: PathBuf,
}

impl RunFolder {
    /// A run folder at `root`, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The settings of the run.
    pub fn config(&self) -> PathBuf {
        self.root.join("config.toml")
    }

    /// The checkpoints of the run.
    pub fn checkpoints(&self) -> CheckpointFolder {
        CheckpointFolder::new(self.root.join("checkpoints"))
    }

    /// Makes the folders.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] names the folder that cannot be made.
    pub fn create(&self) -> Result<(), TrainError> {
        for path in self.trained_into().into_iter().chain([self.results()]) {
            std::fs::create_dir_all(&path).map_err(|source| TrainError::Io {
                action: "create",
                path,
                source,
            })?;
        }
        Ok(())
    }

    /// Removes what a training process that was killed while it wrote a file has left.
    pub(crate) fn remove_half_written(&self) -> Result<(), TrainError> {
        self.trained_into().into_iter().try_for_each(|path| {
            remove_half_written(&path).map_err(|source| TrainError::Io {
                action: "clean up",
                path,
                source,
            })
        })
    }

    fn trained_into(&self) -> [PathBuf; 3] {
        let checkpoints = self.checkpoints().path().to_owned();
        [self.models(), self.logs(), checkpoints]
    }

    /// The model of the best epoch.
    pub fn best_model(&self) -> PathBuf {
        self.models().join("best_model.safetensors")
    }

    /// The model of the last epoch.
    pub fn last_model(&self) -> PathBuf {
        self.models().join("last_model.safetensors")
    }

    /// One line of JSON per epoch.
    pub fn history(&self) -> PathBuf {
        self.logs().join("history.jsonl")
    }

    /// Where evaluation and pictures go.
    pub fn results(&self) -> PathBuf {
        self.root.join("results")
    }

    fn models(&self) -> PathBuf {
        self.root.join("models")
    }

    fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }
}

/// Files are written as `.NAME.` and six letters, then renamed.
fn remove_half_written(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let half_written = name.to_str().is_some_and(|name| {
            name.starts_with('.')
                && name.rsplit_once('.').is_some_and(|(name, letters)| {
                    letters.len() == 6
                        && [".safetensors", ".jsonl"]
                            .iter()
                            .any(|ending| name.ends_with(ending))
                })
        });
        if half_written {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
