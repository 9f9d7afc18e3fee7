//! The folder of a run and where things stand in it.

use std::path::{Path, PathBuf};

use crate::error::TrainError;

/// A run's folder: `models/`, `results/` and `logs/`, made as needed.
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

    /// Makes the folders.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] names the folder that cannot be made.
    pub fn create(&self) -> Result<(), TrainError> {
        for path in [self.models(), self.results(), self.logs()] {
            std::fs::create_dir_all(&path).map_err(|source| TrainError::Io {
                action: "create",
                path,
                source,
            })?;
        }
        Ok(())
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
