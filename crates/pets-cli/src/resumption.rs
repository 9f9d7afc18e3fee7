//! A run that goes on: with which settings, and which of them may be others than before.

use std::path::{Path, PathBuf};

use anyhow::Result;
use pets::trainer::{Checkpoint, RunFolder, RunOrigin};
use thiserror::Error;

use crate::config::{
    Choice, Config, Key, Layers, OnResume, Origin, ResolvedSettings, Settings, keys,
};
use crate::run_start::RunStart;

/// Why a run cannot begin or go on as asked.
#[derive(Debug, Error)]
pub(crate) enum ResumptionError {
    #[error(
        "there is no run to resume in {folder}: it has no config.toml; name the run's folder, or begin one with `pets train`"
    )]
    NoRun { folder: PathBuf },
    #[error(
        "the run in {folder} goes on with the settings it began with, or the rest of it would be another run; these differ:\n\
         {differences}\
         Leave them out, or begin anew with --restart."
    )]
    OtherSettings {
        folder: PathBuf,
        differences: String,
    },
    #[error(
        "{folder} holds a run that is not finished ({checkpoint}); \
         go on with it with --resume, or begin anew, without it, with --restart"
    )]
    Unfinished { folder: PathBuf, checkpoint: String },
    #[error(
        "{folder} holds a run that is finished ({done}). Ways on:\n  \
         judge it again      pets evaluate --output-dir {folder}\n  \
         more epochs         pets train --resume {folder} --num-epochs N (schedules none, step, plateau)\n  \
         another run         --output-dir DIR\n  \
         in place of it      --restart, which deletes its models and results"
    )]
    Finished { folder: PathBuf, done: String },
    #[error("no checkpoint in {folder} can be used; begin anew with --restart")]
    NoUsableCheckpoint { folder: PathBuf },
}

/// Claims the run in the output folder, which is to go on; its settings, with those given now over them.
///
/// Says which differ, and refuses where the rest of the run would be another than without the interruption.
pub(crate) fn claim_run(settings: &Settings) -> Result<(ResolvedSettings, RunStart)> {
    let run = RunFolder::new(settings.before_opening().output_dir);
    if !run.config().exists() {
        let folder = run.root().to_owned();
        return Err(ResumptionError::NoRun { folder }.into());
    }
    let start = RunStart::claim_begun(&run)?;
    let origin = start.checkpoint.as_ref().and_then(Checkpoint::origin);
    let settings = settings_of_run(&run, origin, settings)?;
    Ok((settings, start))
}

/// The settings that a run goes on with. What it began with stands in its checkpoint, where there is one: `config.toml`
/// may have been edited since.
fn settings_of_run(
    run: &RunFolder,
    origin: Option<&RunOrigin>,
    settings: &Settings,
) -> Result<ResolvedSettings> {
    let of_file = Settings::default().of_run(run.root());
    let mut before = of_file.resolve_over_run(run)?;
    if let Some(origin) = origin {
        before = before.as_begun(&origin.settings, run.checkpoints().path())?;
    }
    let now = settings.clone().of_run(run.root()).resolve_over_run(run)?;
    let [layers_before, layers_now] =
        [&before, &now].map(|found| found.layers.with_absolute_paths());
    let mut refused = Vec::new();
    for key in keys().filter(|key| key.path != "output_dir") {
        let Some(difference) = difference(key, &layers_before, &layers_now) else {
            continue;
        };
        match objection(key, &before.config, &now.config) {
            Some(reason) => refused.push(format!("  {difference}{reason}\n")),
            None if key.on_resume == OnResume::LastDigits => {
                say!("note: {difference}; the last digits may differ on another device");
            }
            None => say!("note: {difference}"),
        }
    }
    if refused.is_empty() {
        Ok(now)
    } else {
        Err(ResumptionError::OtherSettings {
            folder: run.root().to_owned(),
            differences: refused.concat(),
        }
        .into())
    }
}

/// How a setting differs from what the run began with.
fn difference(key: &Key, before: &Layers, now: &Layers) -> Option<String> {
    let (was, is) = (before.get(key), now.get(key));
    let value = |entry: Option<&(toml::Value, Origin)>| {
        entry.map_or_else(|| "unset".to_owned(), |(value, _)| value.to_string())
    };
    (was.map(|(value, _)| value) != is.map(|(value, _)| value)).then(|| {
        let origin = is.map_or_else(String::new, |(_, origin)| format!(" ({origin})"));
        format!(
            "{} = {}{origin}, the run began with {}",
            key.path,
            value(is),
            value(was)
        )
    })
}

/// Why the rest of the run would be another with this setting; none where it would not.
fn objection(key: &Key, before: &Config, now: &Config) -> Option<String> {
    match key.on_resume {
        OnResume::Free | OnResume::LastDigits => None,
        OnResume::Fixed => Some(String::new()),
        OnResume::Grows if now.train.num_epochs < before.train.num_epochs => {
            Some("; more epochs may be added, not taken away".to_owned())
        }
        OnResume::Grows => now.scheduler.kind.is_spread_over_the_run().then(|| {
            format!(
                "; the schedule {} is spread over the number of epochs from the start",
                now.scheduler.kind.name()
            )
        }),
    }
}

/// The command that goes on with the run in a folder.
pub(crate) fn command(folder: &Path) -> String {
    format!("pets train --resume {}", folder.display())
}
