//! The training loop.

use std::time::Instant;

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::tensor::Device;
use pets_data::{Loader, Sampler};
use pets_losses::MetricLoss;
use pets_model::{EmbeddingModel, FrozenStages, ModelDescription};

use crate::early_stopping::{BestEpoch, EarlyStopping, Monitor};
use crate::epoch_totals::EpochTotals;
use crate::error::TrainError;
use crate::history::{EpochRecord, HistoryWriter};
use crate::optimizer::{OptimizerKind, Trainable};
use crate::run_folder::RunFolder;
use crate::schedule::{LearningRate, Schedule};
use crate::source::Source;
use crate::validation::validate;

/// How to train.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainSpec {
    /// Epochs; at least 1.
    pub num_epochs: usize,
    /// Images per optimizer step.
    pub batch_size: usize,
    /// How an epoch's batches are drawn.
    pub sampler: Sampler,
    /// The optimizer.
    pub optimizer: OptimizerKind,
    /// Base learning rate, of the head and of the loss's own parameters.
    pub learning_rate: f64,
    /// The backbone's rate divided by the base rate.
    pub backbone_lr_factor: f64,
    /// Weight decay.
    pub weight_decay: f64,
    /// How the rate changes.
    pub schedule: Schedule,
    /// What tells the best epoch.
    pub monitor: Monitor,
    /// When to end before the last epoch.
    pub early_stopping: Option<EarlyStopping>,
    /// Stages that are not trained.
    pub frozen: FrozenStages,
    /// Bytes that the cached output of the frozen stages may take, for each part of the data.
    pub cache_bytes: usize,
    /// Seed of batches, augmentation and dropout.
    pub seed: u64,
}

/// The labelled images of a run. Labels run from 0 to the number of classes − 1.
pub struct TrainingData {
    /// What is trained on.
    pub train: Loader,
    /// What tells the best epoch; without it the last epoch counts as the best.
    pub val: Option<Loader>,
}

/// What a caller is told while training runs; answering `false` ends training after the step.
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
    },
    /// An epoch is done and validated.
    Epoch(&'a EpochRecord),
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

/// Trains `model` under `loss` and writes best and last model and the history into `folder`.
///
/// `description` goes into the model files, with epoch and metrics filled in.
///
/// # Errors
///
/// [`TrainError::InvalidSpec`], [`TrainError::NotFinite`] where the loss stops being a number,
/// [`TrainError::Data`] where a picture cannot be read, and errors of writing into the folder.
pub fn train(
    spec: &TrainSpec,
    model: EmbeddingModel,
    loss: MetricLoss,
    data: TrainingData,
    folder: &RunFolder,
    description: &ModelDescription,
    on_event: &mut dyn FnMut(Event<'_>) -> bool,
) -> Result<Outcome, TrainError> {
    folder.create()?;
    let (train, val) = sources(spec, &model, data, on_event)?;

    let mut run = Run {
        spec,
        rate: LearningRate::new(spec.schedule, spec.learning_rate, spec.num_epochs)?,
        device: model.devices().into_iter().next().unwrap_or_default(),
        frozen_model: model.valid(),
        optimizer: spec.optimizer.init(spec.weight_decay),
        step: 0,
    };
    let mut trainable = Trainable {
        model: model.freeze(spec.frozen).train(),
        loss: loss.train(),
    };
    let mut best = BestEpoch::new(spec.monitor, spec.early_stopping);
    let mut writer = HistoryWriter::create(folder.history())?;
    let mut history: Vec<EpochRecord> = Vec::new();
    let mut best_epoch = None;
    let mut stop_reason = StopReason::Completed;

    for epoch in 0..spec.num_epochs {
        let (trained, totals) = run.epoch(trainable, &train, epoch, on_event)?;
        trainable = trained;
        let Some(totals) = totals else {
            stop_reason = StopReason::Interrupted;
            break;
        };
        let validation = val
            .as_ref()
            .map(|val| {
                validate(
                    &trainable.model,
                    &trainable.loss,
                    val,
                    spec.frozen,
                    spec.batch_size,
                    spec.seed,
                )
            })
            .transpose()?;
        if let Some(validation) = validation {
            run.rate.observe(validation.loss);
        }
        let improved = match validation.and_then(|validation| validation.monitored(spec.monitor)) {
            Some(value) => best.observe(epoch, value),
            None => true,
        };
        let record = totals.record(epoch + 1, validation, improved);
        if improved {
            best_epoch = Some(epoch + 1);
            trainable
                .model
                .save(&folder.best_model(), &describe(description, &record))?;
        }
        writer.append(&record)?;
        let go_on = on_event(Event::Epoch(&record));
        history.push(record);
        if best.should_stop() {
            stop_reason = StopReason::EarlyStopped;
            break;
        }
        if !go_on {
            stop_reason = StopReason::Interrupted;
            break;
        }
    }
    let last = history.last().map_or_else(
        || description.clone(),
        |record| describe(description, record),
    );
    trainable.model.save(&folder.last_model(), &last)?;
    Ok(Outcome {
        stop_reason,
        best_epoch,
        history,
    })
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
        .filter(|loader| !loader.items().is_empty())
        .map(|loader| Source::new(loader, model, spec, &mut on_cached))
        .transpose()?;
    Ok((train, val))
}

/// What stays the same, or moves on, from epoch to epoch.
struct Run<'a> {
    spec: &'a TrainSpec,
    rate: LearningRate,
    device: Device,
    /// Runs the frozen stages; the trained ones among its weights are out of date.
    frozen_model: EmbeddingModel,
    optimizer: ModuleOptimizer,
    step: u64,
}

impl Run<'_> {
    /// Trains one epoch; no totals where the caller asked to stop inside it.
    fn epoch(
        &mut self,
        mut trainable: Trainable,
        source: &Source,
        epoch: usize,
        on_event: &mut dyn FnMut(Event<'_>) -> bool,
    ) -> Result<(Trainable, Option<EpochTotals>), TrainError> {
        let spec = self.spec;
        let plan =
            spec.sampler
                .epoch(&source.labels(), spec.batch_size, spec.seed, epoch as u64)?;
        let steps = plan.len();
        let mut totals = EpochTotals::new(self.rate.at(epoch as f64));
        let started = Instant::now();
        for (index, batch) in source
            .batches(
                plan,
                spec.seed,
                epoch as u64,
                &self.frozen_model,
                spec.frozen,
            )
            .enumerate()
        {
            let batch = batch?;
            self.step += 1;
            self.device.seed(step_seed(spec.seed, self.step));
            let learning_rate = self.rate.at(epoch as f64 + index as f64 / steps as f64);
            let [images] = batch.labels.dims();

            let embeddings = trainable
                .model
                .forward_trainable(batch.activations.autodiff(), spec.frozen);
            let output = trainable.loss.forward(embeddings, batch.labels.autodiff());
            let value = f64::from(output.value.clone().into_scalar::<f32>());
            if !value.is_finite() {
                return Err(TrainError::NotFinite {
                    loss: value,
                    epoch: epoch + 1,
                    step: index + 1,
                    learning_rate,
                });
            }
            let gradients = output.value.backward();
            let backbone_rate = learning_rate * spec.backbone_lr_factor;
            trainable =
                trainable.step(&mut self.optimizer, gradients, learning_rate, backbone_rate);

            totals.add(
                images,
                value,
                &output.diagnostics,
                learning_rate,
                batch.waited,
                started.elapsed(),
            );
            let go_on = on_event(Event::Step {
                epoch: epoch + 1,
                step: index + 1,
                steps,
                loss: totals.mean_loss(),
                learning_rate,
                images_per_second: totals.images_per_second(),
            });
            if !go_on {
                return Ok((trainable, None));
            }
        }
        Ok((trainable, Some(totals)))
    }
}

/// A seed of its own for every step, so that a step's dropout depends on nothing before it.
fn step_seed(seed: u64, step: u64) -> u64 {
    seed.wrapping_add(step.wrapping_mul(0x9E37_79B9_7F4A_7C15))
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
