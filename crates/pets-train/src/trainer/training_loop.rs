//! The training loop, epoch by epoch.

use burn::module::Module;
use pets_losses::EmbeddingLoss;
use pets_model::{EmbeddingModel, FrozenStages, ModelDescription};

use crate::batches::inputs::Inputs;
use crate::batches::training_data::TrainingData;
use crate::checkpoint::file::{Checkpoint, RunOrigin};
use crate::error::TrainError;
use crate::optim::trainable::Trainable;
use crate::progress::epoch_record::EpochRecord;
use crate::run_folder::history::HistoryWriter;
use crate::run_folder::lock::LockedRunFolder;
use crate::trainer::config::TrainConfig;
use crate::trainer::epoch::train_epoch;
use crate::trainer::event::TrainEvent;
use crate::trainer::outcome::{StopReason, TrainOutcome};
use crate::trainer::run::Run;
use crate::trainer::validation::validate;

/// What training starts from.
pub(crate) struct Start<L> {
    /// With a checkpoint its weights are of no account, its shape is.
    pub(crate) model: EmbeddingModel,
    /// With a checkpoint its parameters are of no account, their shapes are.
    pub(crate) loss: L,
    pub(crate) checkpoint: Option<Checkpoint>,
    /// What the run is begun with, for its checkpoints.
    pub(crate) origin: RunOrigin,
}

/// Trains from `start` to the end of the run, or to where the caller asks to stop.
pub(crate) fn train<L: EmbeddingLoss>(
    config: &TrainConfig,
    start: Start<L>,
    data: TrainingData,
    folder: &LockedRunFolder,
    description: &ModelDescription,
    on_event: &mut dyn FnMut(TrainEvent<'_>) -> bool,
) -> Result<TrainOutcome, TrainError> {
    config.validate()?;
    let frozen = match config.frozen {
        Some(frozen) => frozen,
        None => FrozenStages::parse("none", description.architecture)?,
    };
    folder.create()?;
    folder.remove_half_written()?;
    let Start {
        mut model,
        mut loss,
        checkpoint,
        origin,
    } = start;
    if let Some(checkpoint) = &checkpoint {
        (model, loss) = checkpoint.restore_modules(model, loss)?;
    }
    let fingerprint = data.fingerprint();
    let (train, val) = ready_inputs(config, frozen, &model, data, on_event)?;

    let mut run = Run::new(config, frozen, &model, &loss, fingerprint, origin, folder)?;
    let mut trainable = Trainable {
        model: model.freeze(frozen).train(),
        loss: loss.train(),
    };
    if let Some(checkpoint) = checkpoint {
        run.restore(checkpoint, &trainable)?;
        check_best_model(run.progress.best_epoch, folder)?;
    }
    let mut writer = HistoryWriter::create(folder.history(), &run.progress.history)?;
    let mut go_on = true;
    let stop_reason = loop {
        if run.progress.best.should_stop() {
            break StopReason::EarlyStopped;
        }
        if run.progress.epoch >= config.num_epochs {
            break StopReason::Completed;
        }
        if !go_on {
            break StopReason::Interrupted;
        }
        let (trained, whole) = train_epoch(&mut run, trainable, &train, on_event)?;
        trainable = trained;
        if !whole {
            break StopReason::Interrupted;
        }
        let validation = val
            .as_ref()
            .map(|val| {
                validate(
                    run.kept_model(&trainable),
                    &trainable.loss,
                    val,
                    frozen,
                    config.batch_size,
                    config.seed,
                )
            })
            .transpose()?;
        let record = run.end_epoch(validation)?;
        folder.check()?;
        if record.best {
            run.kept_model(&trainable)
                .save(&folder.best_model(), &describe(description, &record))?;
        }
        writer.append(&record)?;
        go_on = on_event(TrainEvent::Epoch(&record));
        run.progress.history.push(record);
        go_on &= run.epoch_done(&trainable, on_event)?;
    };
    run.write_checkpoint(&trainable, stop_reason != StopReason::Interrupted, on_event)?;
    let last = run.progress.history.last().map_or_else(
        || description.clone(),
        |record| describe(description, record),
    );
    folder.check()?;
    run.kept_model(&trainable)
        .save(&folder.last_model(), &last)?;
    Ok(TrainOutcome {
        stop_reason,
        best_epoch: run.progress.best_epoch,
        history: run.progress.history,
    })
}

/// The best model is written before any checkpoint that knows of it.
fn check_best_model(best_epoch: Option<usize>, folder: &LockedRunFolder) -> Result<(), TrainError> {
    match best_epoch {
        Some(epoch) if !folder.best_model().exists() => Err(TrainError::LostBestModel {
            path: folder.best_model(),
            epoch,
        }),
        _ => Ok(()),
    }
}

/// The data, with the frozen stages' output computed once where it fits.
fn ready_inputs(
    config: &TrainConfig,
    frozen: FrozenStages,
    model: &EmbeddingModel,
    data: TrainingData,
    on_event: &mut dyn FnMut(TrainEvent<'_>) -> bool,
) -> Result<(Inputs, Option<Inputs>), TrainError> {
    let mut ready = |inputs: Inputs| {
        let mut on_progress = |done, total| on_event(TrainEvent::Caching { done, total });
        inputs.with_frozen_stages_computed(model, frozen, config.cache_bytes, &mut on_progress)
    };
    let train = ready(data.train)?;
    let val = data.val.filter(|val| !val.is_empty()).map(ready);
    Ok((train, val.transpose()?))
}

fn describe(description: &ModelDescription, record: &EpochRecord) -> ModelDescription {
    let metrics = [
        ("train_loss", Some(record.train_loss)),
        ("val_loss", record.val_loss),
        ("recall@1", record.recall_at_1),
        ("map@r", record.map_at_r),
    ];
    ModelDescription {
        epoch: record.epoch,
        metrics: metrics
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect(),
        ..description.clone()
    }
}
