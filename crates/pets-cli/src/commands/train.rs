//! `pets train`: train a model and write a run folder.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use pets_losses::Diagnostics;
use pets_model::ModelDescription;
use pets_train::{
    EpochRecord, Event, LockedRunFolder, Outcome, Part, Start, StopReason, TrainError, TrainSpec,
    TrainingData, train,
};

use super::evaluate;
use crate::args::Continuation;
use crate::config::{Layers, ResolvedSettings, Settings};
use crate::interrupt;
use crate::materials::Materials;
use crate::output::progress::Progress;
use crate::resumption::{self, settings_of_run};
use crate::run_start::RunStart;
use crate::settings_without_effect::settings_without_effect;
use crate::starting_model::{random_model, starting_model};

pub(crate) fn run(
    settings: Settings,
    continuation: &Continuation,
    then_evaluate: bool,
) -> Result<ExitCode> {
    let settings = &continuation.apply(settings);
    let code = train_model(settings, continuation)?;
    if then_evaluate && code == ExitCode::SUCCESS {
        return evaluate::run_after_training(settings);
    }
    Ok(code)
}

/// Trains as `settings` say; the exit code tells whether training was interrupted.
pub(crate) fn train_model(settings: &Settings, continuation: &Continuation) -> Result<ExitCode> {
    let mut settings = if continuation.resume.is_some() {
        settings_of_run(settings)?
    } else {
        settings.resolve()?
    };
    for remark in settings_without_effect(&settings) {
        say!("warning: {remark}");
    }
    let ResolvedSettings { config, layers } = &mut settings;
    let spec = config.train_spec()?;
    let materials = Materials::open(config, layers)?;
    materials.settle_few_shot(config, layers)?;

    let start = RunStart::claim(config, continuation)?;
    let model = match &start.checkpoint {
        Some(_) => random_model(config, &materials.device)?,
        None => starting_model(config, &materials.device)?,
    };
    let classes = materials.train_class_names();
    let model_config = config.model_config();
    let loss = config.loss_config()?.init(
        model_config.embedding_dim(),
        classes.len(),
        &materials.device,
    )?;
    let description = ModelDescription {
        architecture: model_config.architecture,
        embedding_size: model_config.embedding_size,
        dropout_rate: model_config.dropout_rate,
        img_size: config.data.img_size,
        classes,
        epoch: 0,
        metrics: std::collections::BTreeMap::new(),
        config: portable_settings(layers)?,
    };
    let (dataset, split) = (&materials.dataset, &materials.split);
    let data = TrainingData {
        train: Part::Images(
            materials.loader(split.train_items(dataset), config.train_transform()?)?,
        ),
        val: (!split.val.is_empty())
            .then(|| materials.loader(split.val_items(dataset), config.eval_transform()?))
            .transpose()?
            .map(Part::Images),
    };
    say!(
        "training {} on {} images of {} breeds, validating on {}",
        config.model.backbone,
        split.train.len(),
        split.train_classes.len(),
        split.val.len()
    );
    start.settle(layers, continuation)?;
    let RunStart { folder, checkpoint } = start;
    materials.skipped.write(&folder)?;
    let start = Start {
        model,
        loss,
        checkpoint,
    };
    let started = Instant::now();
    let outcome = {
        let mut display = Display {
            spec: &spec,
            caching: None,
            epoch: None,
        };
        train(&spec, start, data, &folder, &description, &mut |event| {
            display.show(&event)
        })
    };
    let outcome = match outcome {
        Err(TrainError::Interrupted) => {
            say!("to go on: {}", resumption::command(folder.root()));
            return Err(interrupt::Interrupted.into());
        }
        outcome => outcome.with_context(|| failure(&folder))?,
    };
    summarise(&outcome, &folder, started.elapsed().as_secs_f64());
    Ok(match outcome.stop_reason {
        StopReason::Interrupted => ExitCode::from(interrupt::exit_code()),
        StopReason::Completed | StopReason::EarlyStopped => ExitCode::SUCCESS,
    })
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
fn portable_settings(layers: &Layers) -> Result<String> {
    let portable = layers.filtered(|key| key.portable).with_paths_from_here();
    Ok(toml::to_string(&portable.table())?)
}

/// Shows what the trainer tells.
struct Display<'a> {
    spec: &'a TrainSpec,
    caching: Option<Progress>,
    epoch: Option<Progress>,
}

impl Display<'_> {
    /// Shows an event; false asks the trainer to stop.
    fn show(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Caching { done, total } => {
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
            Event::Step {
                epoch,
                step,
                steps,
                loss,
                learning_rate,
                images_per_second,
                diagnostics,
            } => {
                let label = format!("epoch {epoch}/{}", self.spec.num_epochs);
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
            Event::LeftOut(found) => say!("warning: a batch is left out: {found}"),
            Event::Checkpoint { .. } => {}
            Event::Epoch(record) => {
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

fn summarise(outcome: &Outcome, folder: &LockedRunFolder, seconds: f64) {
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
