//! The folder of a run, claimed, and where in the run it begins.

use std::io;
use std::path::Path;

use anyhow::{Context, Result};
use pets::trainer::{Checkpoint, LockedRunFolder, RunFolder};

use crate::config::{Layers, effective_toml};
use crate::resumption::ResumptionError;

/// A folder that is this process's, and nothing in it touched yet.
pub(crate) struct RunStart {
    pub(crate) folder: LockedRunFolder,
    /// Whether a run that is there goes on.
    goes_on: bool,
    /// Where the run goes on; none at its beginning.
    pub(crate) checkpoint: Option<Checkpoint>,
}

impl RunStart {
    /// Claims a folder for a new run, in place of an earlier one where `restart` says so.
    pub(crate) fn claim_new(folder: &Path, restart: bool) -> Result<Self> {
        let folder = RunFolder::new(folder).lock()?;
        if !restart {
            refuse_another_run(&folder)?;
        }
        Ok(Self {
            folder,
            goes_on: false,
            checkpoint: None,
        })
    }

    /// Claims the folder of a run that goes on, and finds the checkpoint to go on from.
    pub(crate) fn claim_begun(run: &RunFolder) -> Result<Self> {
        let folder = run.clone().lock()?;
        let checkpoint = newest_checkpoint(&folder)?;
        Ok(Self {
            folder,
            goes_on: true,
            checkpoint,
        })
    }

    /// Makes the folder that of this run: what an earlier one has left goes, unless this one goes on with it, and the
    /// settings are written.
    pub(crate) fn settle(&self, layers: &Layers) -> Result<()> {
        self.folder.check()?;
        if !self.goes_on {
            clear(&self.folder)?;
        }
        let path = self.folder.config();
        let settings = layers
            .filtered(|key| key.path != "output_dir")
            .with_absolute_paths();
        Ok(pets::write_atomically(
            &path,
            effective_toml(&settings).as_bytes(),
        )?)
    }
}

/// The newest checkpoint that is whole; none where the run was interrupted before its first.
fn newest_checkpoint(folder: &LockedRunFolder) -> Result<Option<Checkpoint>> {
    let found = folder.checkpoints().find()?;
    for (path, reason) in &found.unusable {
        say!("warning: {} cannot be used: {reason}", path.display());
    }
    match found.newest {
        Some((path, checkpoint)) => {
            say!(
                "going on from {}: {} epochs and {} steps are done",
                path.display(),
                checkpoint.epochs(),
                checkpoint.steps()
            );
            Ok(Some(checkpoint))
        }
        None if found.unusable.is_empty() => {
            say!("the run has no checkpoint yet: it begins from the start");
            Ok(None)
        }
        None => Err(ResumptionError::NoUsableCheckpoint {
            folder: folder.checkpoints().path().to_owned(),
        }
        .into()),
    }
}

/// Hours of training are not to be lost to a `--resume` or `--output-dir` forgotten.
fn refuse_another_run(folder: &LockedRunFolder) -> Result<()> {
    let root = folder.root().to_owned();
    let found = folder.checkpoints().find()?;
    let error = match (found.newest, found.unusable.first()) {
        (Some((_, checkpoint)), _) if checkpoint.finished() => ResumptionError::Finished {
            folder: root,
            done: format!("{} epochs", checkpoint.epochs()),
        },
        (Some((_, checkpoint)), _) => ResumptionError::Unfinished {
            folder: root,
            checkpoint: format!(
                "{} epochs and {} steps are done",
                checkpoint.epochs(),
                checkpoint.steps()
            ),
        },
        (None, Some((path, _))) => ResumptionError::Unfinished {
            folder: root,
            checkpoint: format!("{} cannot be used", path.display()),
        },
        (None, None) if folder.best_model().exists() || folder.last_model().exists() => {
            ResumptionError::Finished {
                folder: root,
                done: "there are models and no checkpoint".to_owned(),
            }
        }
        (None, None) => return Ok(()),
    };
    Err(error.into())
}

/// Removes what a run leaves: checkpoints, models, history, results.
fn clear(folder: &LockedRunFolder) -> Result<()> {
    folder.checkpoints().clear()?;
    for file in [folder.best_model(), folder.last_model(), folder.history()] {
        gone(&file, std::fs::remove_file(&file))?;
    }
    // Nobody else is to be writing there.
    drop(folder.lock_results()?);
    let results = folder.results();
    gone(&results, std::fs::remove_dir_all(&results))
}

/// What was to be removed is gone, also where it was never there.
fn gone(path: &Path, removed: io::Result<()>) -> Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
