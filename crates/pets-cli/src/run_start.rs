//! The folder of a run, claimed, and where in the run it begins.

use anyhow::{Context, Result};
use pets_train::{Checkpoint, LockedRunFolder, RunFolder};

use crate::arguments::Continuation;
use crate::config::{Config, Layers, effective_toml};
use crate::files::write_atomically;
use crate::resumption::ResumptionError;

/// A folder that is this process's, with the settings of the run in it.
pub(crate) struct RunStart {
    pub(crate) folder: LockedRunFolder,
    /// Where the run goes on; none at its beginning.
    pub(crate) checkpoint: Option<Checkpoint>,
}

impl RunStart {
    /// Claims the output folder, and finds the checkpoint to go on from where that is asked for.
    pub(crate) fn claim(
        layers: &Layers,
        config: &Config,
        continuation: &Continuation,
    ) -> Result<Self> {
        let folder = RunFolder::new(&config.output_dir).lock()?;
        let checkpoint = if continuation.resume.is_some() {
            newest_checkpoint(&folder)?
        } else {
            if !continuation.restart {
                refuse_unfinished(&folder)?;
            }
            folder.checkpoints().clear()?;
            None
        };
        let path = folder.config();
        write_atomically(
            &path,
            effective_toml(&layers.without(&["output_dir"])).as_bytes(),
        )
        .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { folder, checkpoint })
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

/// Hours of training are not to be lost to a `--resume` forgotten.
fn refuse_unfinished(folder: &LockedRunFolder) -> Result<()> {
    let found = folder.checkpoints().find()?;
    let checkpoint = match (found.newest, found.unusable.first()) {
        (Some((_, checkpoint)), _) if checkpoint.finished() => return Ok(()),
        (Some((_, checkpoint)), _) => format!(
            "{} epochs and {} steps are done",
            checkpoint.epochs(),
            checkpoint.steps()
        ),
        (None, Some((path, _))) => format!("{} cannot be used", path.display()),
        (None, None) => return Ok(()),
    };
    Err(ResumptionError::Unfinished {
        folder: folder.root().to_owned(),
        checkpoint,
    }
    .into())
}
