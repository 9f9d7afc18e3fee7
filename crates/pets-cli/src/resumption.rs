//! A run that goes on: with which settings, and which of them may be others than before.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pets_train::RunFolder;
use thiserror::Error;

use crate::arguments::Settings;
use crate::config::{Config, KEYS, Key, Layers, Origin};

/// Why a run cannot go on as asked.
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
    #[error("no checkpoint in {folder} can be used; begin anew with --restart")]
    NoUsableCheckpoint { folder: PathBuf },
}

/// Settings that change nothing about how the rest of a run is trained, but for the device, whose last digits may be
/// others: a run must be able to go on where its device is gone.
const FREE: [&str; 10] = [
    "output_dir",
    "data.dir",
    "data.fetch",
    "data.url",
    "data.num_workers",
    "model.weights_url",
    "train.checkpoint_every",
    "train.on_nan",
    "train.max_nan_steps",
    "device",
];

/// Schedules that do not depend on the number of epochs.
const OPEN_ENDED: [&str; 3] = ["none", "step", "plateau"];

/// The settings of the run in the output folder, with those given now over them.
///
/// Says which differ, and refuses where the rest of the run would be another than without the interruption.
pub(crate) fn settings_of_run(settings: &Settings) -> Result<(Layers, Config)> {
    let output_dir = settings.layers(None)?.output_dir();
    let path = RunFolder::new(&output_dir).config();
    if !path.exists() {
        return Err(ResumptionError::NoRun { folder: output_dir }.into());
    }
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let mut before = Layers::defaults();
    before.add_toml(&text, |line| Origin::File(path.clone(), line))?;
    let mut now = settings.layers(Some((&text, path)))?;
    now.set_output_dir(&output_dir);
    let config = Config::from_layers(&now)?;

    let config_before = Config::from_layers(&before)?;
    let mut refused = Vec::new();
    for key in KEYS {
        let Some(difference) = difference(key, &before, &now) else {
            continue;
        };
        match objection(key, &config_before, &config) {
            None if key.path == "output_dir" => {}
            None if key.path == "device" => {
                say!("note: {difference}; the last digits may differ on another device");
            }
            None => say!("note: {difference}"),
            Some(reason) => refused.push(format!("  {difference}{reason}\n")),
        }
    }
    if refused.is_empty() {
        Ok((now, config))
    } else {
        Err(ResumptionError::OtherSettings {
            folder: output_dir,
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
    if FREE.contains(&key.path) || ["evaluation", "visualization"].contains(&key.section()) {
        return None;
    }
    if key.path != "train.num_epochs" {
        return Some(String::new());
    }
    if now.train.num_epochs < before.train.num_epochs {
        return Some("; more epochs may be added, not taken away".to_owned());
    }
    let schedule = now.scheduler.r#type.as_str();
    (!OPEN_ENDED.contains(&schedule)).then(|| {
        format!("; the schedule {schedule} is spread over the number of epochs from the start")
    })
}

/// The command that goes on with the run in a folder.
pub(crate) fn command(folder: &Path) -> String {
    format!("pets train --resume {}", folder.display())
}
