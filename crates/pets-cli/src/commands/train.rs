//! `pets train`: train a model and write a run folder.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use pets_losses::Diagnostics;
use pets_model::ModelDescription;
use pets_train::{
    EpochRecord, LockedRunFolder, StopReason, TrainError, TrainEvent, TrainOutcome, Trainer,
    TrainingData,
};

use super::evaluate;
use crate::arguments::{Continuation, Settings};
use crate::config::{Config, Layers};
use crate::interrupt;
use crate::materials::Materials;
use crate::progress::Progress;
use crate::resumption::{self, settings_of_run};
use crate::run_start::RunStart;
use crate::settings_without_effect::settings_without_effect;
use crate::starting_model::{random_model, starting_model};

pub(crate) fn run(
    settings: &Settings,
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
    let (layers, config) = if continuation.resume.is_some() {
        settings_of_run(settings)?
    } else {
        let layers = settings.layers(None)?;
        let config = Config::from_layers(&layers)?;
        (layers, config)
    };
    let train_config = config.train_config()?;
    let materials = Materials::open(&config)?;
    materials.check_few_shot(&config)?;
    for remark in settings_without_effect(&config, &layers)? {
        say!("warning: {remark}");
    }

    let RunStart { folder, checkpoint } = RunStart::claim(&layers, &config, continuation)?;
    let model = match &checkpoint {
        Some(_) => random_model(&config, &materials.device)?,
        None => starting_model(&config, &materials.device)?,
    };
    let classes = materials.train_class_names();
    let model_config = config.model_config()?;
    let loss = config.loss_config()?.init(
        model_config.embedding_dim(),
        classes.len(),
        &materials.device,
    )?;
    let description = ModelDescription {
        config: portable_settings(&layers)?,
        ..ModelDescription::untrained(&model_config, config.data.img_size, classes)
    };
    let (dataset, split) = (&materials.dataset, &materials.split);
    let data = TrainingData {
        train: materials
            .loader(split.train_items(dataset), config.train_transform()?)?
            .into(),
        val: (!split.val.is_empty())
            .then(|| materials.loader(split.val_items(dataset), config.eval_transform()?))
            .transpose()?
            .map(Into::into),
    };
    say!(
        "training {} on {} images of {} breeds, validating on {}",
        config.model.backbone,
        split.train.len(),
        split.train_classes.len(),
        split.val.len()
    );
    materials.skipped.write(&folder)?;
    let started = Instant::now();
    let outcome = {
        let mut display = Display {
            num_epochs: train_config.num_epochs,
            caching: None,
            epoch: None,
        };
        Trainer::new(train_config, description)
            .on_event(|event| display.show(&event))
            .resume(checkpoint)
            .train(model, loss, data, &folder)
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

/// Settings that belong to this machine and folder, and stay out of the model file.
const OF_THIS_MACHINE: [&str; 7] = [
    "output_dir",
    "device",
    "data.num_workers",
    "data.fetch",
    "data.url",
    "model.weights_url",
    "train.checkpoint_every",
];

/// The settings that go into the model file.
fn portable_settings(layers: &Layers) -> Result<String> {
    Ok(toml::to_string(&layers.without(&OF_THIS_MACHINE).table())?)
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
