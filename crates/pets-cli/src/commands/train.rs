//! `pets train`: train a model and write a run folder.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use pets::losses::Diagnostics;
use pets::trainer::{
    EpochRecord, LockedResults, LockedRunFolder, StopReason, TrainEvent, TrainOutcome,
};
use pets::{Device, Observer, PreparedDataset, Training};

use super::evaluate;
use crate::args::Continuation;
use crate::chosen_model::{ChosenEvaluation, ChosenModel};
use crate::config::{InModel, Layers, Settings};
use crate::interrupt;
use crate::memory;
use crate::output::progress::Progress;
use crate::output::terminal_observer::TerminalObserver;
use crate::prepared_dataset::{prepare_dataset, settle_few_shot};
use crate::resumption::{self, claim_run};
use crate::run_start::RunStart;
use crate::settings_without_effect::settings_without_effect;

pub(crate) fn run(
    settings: Settings,
    continuation: &Continuation,
    then_evaluate: bool,
) -> Result<ExitCode> {
    let settings = &continuation.apply(settings);
    let observer = TerminalObserver::default();
    let (code, data) = train_model(settings, continuation, &observer)?;
    if then_evaluate && code == ExitCode::SUCCESS {
        let (found, results) = evaluate_trained(settings, data, &observer)?;
        evaluate::report(&found, &results)?;
    }
    Ok(code)
}

/// Evaluates the best model of the run that has just been trained, on the dataset that is open; its results are locked.
pub(crate) fn evaluate_trained(
    settings: &Settings,
    data: PreparedDataset,
    observer: &dyn Observer,
) -> Result<(ChosenEvaluation, LockedResults)> {
    let chosen = ChosenModel::open(settings, None, observer)?;
    let results = chosen.folder().lock_results()?;
    let found = chosen.evaluate_on(data, observer)?;
    Ok((found.with_baseline(observer)?, results))
}

/// Trains as `settings` say; the exit code tells whether training was interrupted.
pub(crate) fn train_model(
    settings: &Settings,
    continuation: &Continuation,
    observer: &dyn Observer,
) -> Result<(ExitCode, PreparedDataset)> {
    let (mut settings, claimed) = if continuation.resume.is_some() {
        let (settings, start) = claim_run(settings)?;
        (settings, Some(start))
    } else {
        (settings.resolve()?, None)
    };
    settings.config.bound_decoding();
    for remark in settings_without_effect(&settings) {
        say!("warning: {remark}");
    }
    let training = settings
        .config
        .training_config(settings_for_model(&settings.layers)?)?;
    let device = pets::device(&settings.config.device)?;
    let data = prepare_dataset(&mut settings, observer)?;
    settle_few_shot(&mut settings, &data)?;

    let start = match claimed {
        Some(start) => start,
        None => RunStart::claim_new(&settings.config.output_dir, continuation.restart)?,
    };
    let checkpoint = start.checkpoint.clone();
    let prepared = Training::prepare(&training, &data, &device, checkpoint, observer)?;
    let split = &data.split;
    say!(
        "training {} on {} images of {} breeds, validating on {}",
        training.start.model.architecture,
        split.train.len(),
        split.train_classes.len(),
        split.val.len()
    );
    if device == Device::flex() {
        memory::tell(prepared.memory());
    }
    start.settle(&settings.layers)?;
    let folder = start.folder;
    data.skipped.write(&folder.lock_results()?)?;
    let started = Instant::now();
    let outcome = {
        let _until_the_step_is_done = interrupt::wait_for_safe_points();
        let mut display = Display {
            num_epochs: training.train.num_epochs,
            caching: None,
            epoch: None,
        };
        prepared.run(&folder, |event| display.show(&event))
    };
    let outcome = match outcome {
        Err(pets::Error::Interrupted) => {
            say!("to go on: {}", resumption::command(folder.root()));
            return Err(pets::Error::Interrupted.into());
        }
        outcome => outcome.with_context(|| failure(&folder))?,
    };
    summarise(&outcome, &folder, started.elapsed().as_secs_f64());
    let code = match outcome.stop_reason {
        StopReason::Interrupted => ExitCode::from(interrupt::exit_code()),
        StopReason::Completed | StopReason::EarlyStopped => ExitCode::SUCCESS,
    };
    Ok((code, data))
}

/// What failed, and from where training can go on.
fn failure(folder: &LockedRunFolder) -> String {
    match folder.checkpoints().files() {
        Ok(files) if !files.is_empty() => format!(
            "training failed; {} is kept, `{}` goes on from there",
            files[0].display(),
            resumption::command(folder.root())
        ),
        _ => "training failed".to_owned(),
    }
}

/// The settings that go into the model file: not those that belong to this machine and folder.
fn settings_for_model(layers: &Layers) -> Result<String> {
    let shown = layers.filtered(|key| key.in_model != InModel::Absent);
    Ok(toml::to_string(&shown.with_paths_from_here().table())?)
}

/// Shows what the trainer tells.
struct Display {
    num_epochs: usize,
    caching: Option<Progress>,
    epoch: Option<Progress>,
}

impl Display {
    /// Shows an event; false asks the trainer to stop.
    fn show(&mut self, event: &TrainEvent<'_>) -> bool {
        match event {
            TrainEvent::Caching { done, total } => {
                let progress = self.caching.get_or_insert_with(|| {
                    Progress::start("running the frozen stages once", *total, "images")
                });
                progress.update(*done, "");
                if done == total
                    && let Some(progress) = self.caching.take()
                {
                    progress.finish(&format!("{total} images"));
                }
            }
            TrainEvent::Step {
                epoch,
                step,
                steps,
                loss,
                learning_rate,
                images_per_second,
                diagnostics,
            } => {
                let label = format!("epoch {epoch}/{}", self.num_epochs);
                let progress = self
                    .epoch
                    .get_or_insert_with(|| Progress::start(&label, *steps, "steps"));
                progress.update(
                    *step,
                    &format!(
                        "loss {loss:.4}{}, rate {learning_rate:.2e}, {images_per_second:.0} images/s",
                        describe_batch(diagnostics)
                    ),
                );
            }
            TrainEvent::LeftOut(found) => say!("warning: a batch is left out: {found}"),
            TrainEvent::Checkpoint { .. } => {}
            TrainEvent::Epoch(record) => {
                if let Some(progress) = self.epoch.take() {
                    progress.finish(&describe_epoch(record));
                }
            }
        }
        !interrupt::requested()
    }
}

/// What tells how a batch trains, where the loss says it.
fn describe_batch(diagnostics: &Diagnostics) -> String {
    let share = |name, value: Option<f64>| {
        value.map_or_else(String::new, |value| {
            format!(", {name} {:.0} %", 100.0 * value)
        })
    };
    let number = |name, value: Option<f64>| {
        value.map_or_else(String::new, |value| format!(", {name} {value:.2}"))
    };
    [
        share("active", diagnostics.active_share),
        share("right", diagnostics.accuracy),
        number("d+", diagnostics.mean_positive_distance),
        number("d-", diagnostics.mean_negative_distance),
        number("norm", diagnostics.embedding_norm),
    ]
    .concat()
}

fn describe_epoch(record: &EpochRecord) -> String {
    let mut parts = vec![format!("loss {:.4}", record.train_loss)];
    for (name, value) in [
        ("val_loss", record.val_loss),
        ("recall@1", record.recall_at_1),
    ] {
        parts.extend(value.map(|value| format!("{name} {value:.4}")));
    }
    if record.fallback_share > 0.0 {
        parts.push(format!(
            "{:.0} % of batches fell back to batch_hard",
            100.0 * record.fallback_share
        ));
    }
    parts.push(format!("{:.0} images/s", record.images_per_second));
    if record.best {
        parts.push("best so far".to_owned());
    }
    parts.join(", ")
}

fn summarise(outcome: &TrainOutcome, folder: &LockedRunFolder, seconds: f64) {
    let epochs = outcome.history.len();
    let reason = match outcome.stop_reason {
        StopReason::Completed => "done",
        StopReason::EarlyStopped => "stopped early",
        StopReason::Interrupted => "interrupted",
    };
    say!("{reason} after {epochs} epochs and {seconds:.0} s");
    if let Some(best) = outcome.best_epoch {
        say!(
            "best model: epoch {best}, {}",
            folder.best_model().display()
        );
    }
    say!("last model: {}", folder.last_model().display());
    if outcome.stop_reason == StopReason::Interrupted {
        say!("to go on: {}", resumption::command(folder.root()));
    }
}
