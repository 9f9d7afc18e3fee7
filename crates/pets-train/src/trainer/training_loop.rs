//! The training loop.

use std::path::Path;
use std::time::Duration;

use burn::module::Module;
use pets_losses::{Diagnostics, MetricLoss};
use pets_model::{EmbeddingModel, FrozenStages, ModelDescription};

use crate::batches::batch_plan::BatchPlan;
use crate::batches::inputs::Source;
use crate::batches::training_data::TrainingData;
use crate::checkpoint::every::CheckpointEvery;
use crate::checkpoint::file::Checkpoint;
use crate::error::TrainError;
use crate::optim::optimizers::{OptimizerKind, Trainable};
use crate::progress::early_stopping::{EarlyStopping, Monitor};
use crate::run_folder::history::{EpochRecord, HistoryWriter};
use crate::run_folder::lock::LockedRunFolder;
use crate::schedule::learning_rate::Schedule;
use crate::trainer::nan_guard::{NotFinite, OnNan};
use crate::trainer::run::Run;
use crate::trainer::validation::validate;

/// How to train.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainSpec {
    /// Epochs; at least 1.
    pub num_epochs: usize,
    /// Images per optimizer step.
    pub batch_size: usize,
    /// Batches whose gradients are summed into one step; at least 1.
    pub accumulation: usize,
    /// How an epoch's batches are drawn.
    pub batch_plan: BatchPlan,
    /// The optimizer.
    pub optimizer: OptimizerKind,
    /// Base learning rate, of the head and of the loss's own parameters.
    pub learning_rate: f64,
    /// The backbone's rate divided by the base rate.
    pub backbone_lr_factor: f64,
    /// The rate of the loss's own parameters (prototypes) divided by the base rate.
    pub loss_lr_factor: f64,
    /// Weight decay of the model.
    pub weight_decay: f64,
    /// Weight decay of the loss's own parameters.
    pub loss_weight_decay: f64,
    /// The largest Euclidean length of all gradients together; longer ones are scaled down to it.
    pub clip_norm: Option<f64>,
    /// How the rate changes.
    pub schedule: Schedule,
    /// What tells the best epoch.
    pub monitor: Monitor,
    /// When to end before the last epoch.
    pub early_stopping: Option<EarlyStopping>,
    /// Stages that are not trained.
    pub frozen: FrozenStages,
    /// Epochs at the start in which the whole backbone is frozen, for the head and the loss to settle.
    pub freeze_epochs: usize,
    /// Decay of a moving average of the weights, which is then validated and saved in their place.
    pub ema_decay: Option<f64>,
    /// Embeddings of past batches that pair losses compare with.
    pub memory: Option<MemorySpec>,
    /// Bytes that the cached output of the frozen stages may take, for each part of the data.
    pub cache_bytes: usize,
    /// How often a checkpoint is written.
    pub checkpoint_every: CheckpointEvery,
    /// What is done where numbers stop being finite.
    pub on_nan: OnNan,
    /// Seed of batches, augmentation and dropout.
    pub seed: u64,
}

/// A [`CrossBatchMemory`](pets_losses::CrossBatchMemory) of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemorySpec {
    /// Embeddings remembered; at least 1.
    pub capacity: usize,
    /// Epochs before it is used, while the embeddings still drift fast.
    pub start_epoch: usize,
}

/// What training starts from.
pub struct Start {
    /// The model; with a checkpoint its weights are of no account, its shape is.
    pub model: EmbeddingModel,
    /// The loss; with a checkpoint its parameters are of no account, their shapes are.
    pub loss: MetricLoss,
    /// Where a run that was interrupted goes on. The rest of it is, on the same CPU, the same to the last bit as if it
    /// had never stopped, provided that the [`TrainSpec`] is the same; one with more epochs may be given where the
    /// schedule does not depend on their number.
    pub checkpoint: Option<Checkpoint>,
}

/// What a caller is told while training runs; answering `false` ends training after the step of the optimizer, with a
/// checkpoint.
#[derive(Debug)]
pub enum Event<'a> {
    /// The frozen stages' output is being computed once for every image.
    Caching {
        /// Images done.
        done: usize,
        /// Images in all.
        total: usize,
    },
    /// An optimizer step is done.
    Step {
        /// Epoch, counted from 1.
        epoch: usize,
        /// Step within the epoch, counted from 1.
        step: usize,
        /// Steps of the epoch.
        steps: usize,
        /// Mean loss of the epoch so far.
        loss: f64,
        /// The rate used.
        learning_rate: f64,
        /// Images trained per second in this epoch.
        images_per_second: f64,
        /// What the loss said of the step's batch.
        diagnostics: &'a Diagnostics,
    },
    /// A batch is left out, since its loss or gradients are not finite.
    LeftOut(&'a NotFinite),
    /// An epoch is done and validated.
    Epoch(&'a EpochRecord),
    /// A checkpoint is written.
    Checkpoint {
        /// The file.
        path: &'a Path,
        /// How long training stood still for it.
        took: Duration,
    },
}

/// Why training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// All epochs are done.
    Completed,
    /// The monitored value stopped improving.
    EarlyStopped,
    /// The caller asked for it.
    Interrupted,
}

/// A finished training run.
#[derive(Debug)]
pub struct Outcome {
    /// Why it ended.
    pub stop_reason: StopReason,
    /// The best epoch, counted from 1; absent where training ended inside the first.
    pub best_epoch: Option<usize>,
    /// Every finished epoch.
    pub history: Vec<EpochRecord>,
}

/// Trains a model under a loss and writes best and last model, checkpoints and the history into `folder`.
///
/// `description` goes into the model files, with epoch and metrics filled in.
///
/// # Errors
///
/// [`TrainError::InvalidSpec`], [`TrainError::NotFinite`] and the like where numbers stop being finite,
/// [`TrainError::Data`] where a picture cannot be read, [`TrainError::ForeignCheckpoint`] and
/// [`TrainError::LostBestModel`] where a run cannot go on, and errors of writing into the folder. Whatever the error, the
/// last checkpoint stays.
pub fn train(
    spec: &TrainSpec,
    start: Start,
    data: TrainingData,
    folder: &LockedRunFolder,
    description: &ModelDescription,
    on_event: &mut dyn FnMut(Event<'_>) -> bool,
) -> Result<Outcome, TrainError> {
    check(spec)?;
    folder.create()?;
    folder.remove_half_written()?;
    let Start {
        mut model,
        mut loss,
        checkpoint,
    } = start;
    if let Some(checkpoint) = &checkpoint {
        (model, loss) = checkpoint.restore_modules(model, loss)?;
    }
    let fingerprint = data.fingerprint();
    let (train, val) = sources(spec, &model, data, on_event)?;

    let mut run = Run::new(spec, &model, &loss, fingerprint, folder.checkpoints())?;
    let mut trainable = Trainable {
        model: model.freeze(spec.frozen).train(),
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
        if run.progress.epoch >= spec.num_epochs {
            break StopReason::Completed;
        }
        if !go_on {
            break StopReason::Interrupted;
        }
        let (trained, whole) = run.epoch(trainable, &train, on_event)?;
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
                    spec.frozen,
                    spec.batch_size,
                    spec.seed,
                )
            })
            .transpose()?;
        let record = run.end_epoch(validation)?;
        if record.best {
            run.kept_model(&trainable)
                .save(&folder.best_model(), &describe(description, &record))?;
        }
        writer.append(&record)?;
        go_on = on_event(Event::Epoch(&record));
        run.progress.history.push(record);
        go_on &= run.epoch_done(&trainable, on_event)?;
    };
    run.write_checkpoint(&trainable, stop_reason != StopReason::Interrupted, on_event)?;
    let last = run.progress.history.last().map_or_else(
        || description.clone(),
        |record| describe(description, record),
    );
    run.kept_model(&trainable)
        .save(&folder.last_model(), &last)?;
    Ok(Outcome {
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

fn check(spec: &TrainSpec) -> Result<(), TrainError> {
    let invalid = |message: String| Err(TrainError::InvalidSpec(message));
    if spec.accumulation == 0 {
        return invalid("a step takes the gradients of at least 1 batch".to_owned());
    }
    if let Some(limit) = spec
        .clip_norm
        .filter(|limit| limit.is_nan() || *limit <= 0.0)
    {
        return invalid(format!("gradients cannot be clipped to the length {limit}"));
    }
    if let Some(decay) = spec.ema_decay.filter(|decay| !(0.0..1.0).contains(decay)) {
        return invalid(format!(
            "the decay of the moving average must be in [0, 1), found {decay}"
        ));
    }
    Ok(())
}

/// The parts of the data, with the frozen stages' output computed once where it fits.
fn sources(
    spec: &TrainSpec,
    model: &EmbeddingModel,
    data: TrainingData,
    on_event: &mut dyn FnMut(Event<'_>) -> bool,
) -> Result<(Source, Option<Source>), TrainError> {
    let mut on_cached = |done, total| on_event(Event::Caching { done, total });
    let train = Source::new(data.train, model, spec, &mut on_cached)?;
    let val = data
        .val
        .filter(|part| !part.is_empty())
        .map(|part| Source::new(part, model, spec, &mut on_cached))
        .transpose()?;
    Ok((train, val))
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
