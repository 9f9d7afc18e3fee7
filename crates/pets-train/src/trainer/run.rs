//! A run at work: what it keeps from epoch to epoch.

use std::time::Instant;

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};
use pets_losses::{CrossBatchMemory, EmbeddingLoss, LossOutput, MetricLoss, mean_norm};
use pets_model::{EmbeddingModel, l2_normalize};

use crate::batches::batch_plan::Batches;
use crate::batches::inputs::Source;
use crate::checkpoint::folder::CheckpointFolder;
use crate::error::TrainError;
use crate::optim::moving_average::MovingAverage;
use crate::optim::optimizers::{Optimizers, Rates, Trainable};
use crate::optim::step_gradients::PartGradients;
use crate::progress::early_stopping::BestEpoch;
use crate::progress::run_progress::Progress;
use crate::run_folder::history::EpochRecord;
use crate::schedule::learning_rate::LearningRate;
use crate::trainer::epoch::EpochAtWork;
use crate::trainer::training_loop::{Event, TrainSpec};
use crate::trainer::validation::Validation;

/// What stays the same, or moves on, from epoch to epoch.
pub(crate) struct Run<'a> {
    pub(crate) spec: &'a TrainSpec,
    pub(crate) device: Device,
    /// Tells the training data from others.
    pub(crate) data: String,
    /// Runs the frozen stages; the trained ones among its weights are out of date.
    frozen_model: EmbeddingModel,
    pub(crate) rate: LearningRate,
    pub(crate) optimizers: Optimizers,
    pub(crate) batches: Batches,
    pub(crate) memory: Option<CrossBatchMemory>,
    pub(crate) average: Option<MovingAverage>,
    pub(crate) progress: Progress,
    checkpoints: CheckpointFolder,
    last_checkpoint: Instant,
}

/// What became of a batch.
pub(crate) struct Forwarded {
    pub(crate) output: LossOutput,
    /// `[batch, dim]`, rows of length 1.
    pub(crate) embeddings: Tensor<2>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        spec: &'a TrainSpec,
        model: &EmbeddingModel,
        loss: &MetricLoss,
        data: String,
        checkpoints: CheckpointFolder,
    ) -> Result<Self, TrainError> {
        Ok(Self {
            spec,
            device: model.devices().into_iter().next().unwrap_or_default(),
            data,
            frozen_model: model.valid(),
            rate: LearningRate::new(spec.schedule, spec.learning_rate, spec.num_epochs)?,
            optimizers: Optimizers {
                model: spec.optimizer.init(spec.weight_decay),
                loss: spec.optimizer.init(spec.loss_weight_decay),
            },
            batches: Batches::new(spec.batch_plan)?,
            memory: spec
                .memory
                .map(|memory| loss.new_memory(memory.capacity))
                .transpose()?,
            average: spec.ema_decay.map(|decay| MovingAverage::new(decay, model)),
            progress: Progress::start(BestEpoch::new(spec.monitor, spec.early_stopping)),
            checkpoints,
            last_checkpoint: Instant::now(),
        })
    }

    /// The weights that are validated and saved.
    pub(crate) fn kept_model<'b>(&'b self, trainable: &'b Trainable) -> &'b EmbeddingModel {
        self.average
            .as_ref()
            .map_or(&trainable.model, MovingAverage::model)
    }

    /// Trains the epoch at work to its end; false where the caller asked to stop inside it.
    pub(crate) fn epoch(
        &mut self,
        trainable: Trainable,
        source: &Source,
        on_event: &mut dyn FnMut(Event<'_>) -> bool,
    ) -> Result<(Trainable, bool), TrainError> {
        let spec = self.spec;
        let (epoch, done) = (self.progress.epoch, self.progress.batches_of_epoch);
        let model = &trainable.model;
        let mut plan = self
            .batches
            .of_epoch(epoch, done > 0, source, model, spec)?;
        let batches = plan.len();
        let plan = plan.split_off(done.min(batches));
        // The batches borrow the model that runs the frozen stages, which no step changes.
        let frozen_model = self.frozen_model.clone();
        let batches_left =
            source.batches(plan, spec.seed, epoch as u64, &frozen_model, spec.frozen);
        EpochAtWork::new(self, source, batches, on_event).train(trainable, batches_left)
    }

    /// The loss of a batch, whose frozen stages have been run.
    pub(crate) fn forward(
        &self,
        trainable: &Trainable,
        activations: Tensor<4>,
        labels: Tensor<1, Int>,
    ) -> Forwarded {
        let spec = self.spec;
        let (activations, frozen) = if self.progress.epoch < spec.freeze_epochs {
            let whole = spec.frozen.whole();
            let features = self
                .frozen_model
                .forward_between(activations, spec.frozen, whole);
            (features, whole)
        } else {
            (activations, spec.frozen)
        };
        let projected = trainable
            .model
            .project_trainable(activations.autodiff(), frozen);
        let norm = mean_norm(&projected);
        let (embeddings, labels) = (l2_normalize(projected), labels.autodiff());
        let mut output = match self.memory_in_use() {
            Some(memory) => trainable
                .loss
                .forward_with_memory(embeddings.clone(), labels, memory),
            None => trainable.loss.forward(embeddings.clone(), labels),
        };
        output.diagnostics.embedding_norm = norm;
        Forwarded { output, embeddings }
    }

    /// Takes a batch into the memory of past ones, where there is one.
    pub(crate) fn remember(&mut self, embeddings: Tensor<2>, labels: Tensor<1, Int>) {
        if self.memory_in_use().is_some()
            && let Some(memory) = &mut self.memory
        {
            memory.remember(embeddings, labels);
        }
    }

    fn memory_in_use(&self) -> Option<&CrossBatchMemory> {
        let start_epoch = self.spec.memory?.start_epoch;
        let memory = self.memory.as_ref();
        memory.filter(|_| self.progress.epoch >= start_epoch)
    }

    /// A step of the optimizers along gradients of length `norm`.
    pub(crate) fn optimize(
        &mut self,
        trainable: Trainable,
        mut gradients: PartGradients,
        norm: f64,
        rate: f64,
    ) -> Trainable {
        if let Some(limit) = self.spec.clip_norm.filter(|limit| norm > *limit) {
            gradients.scale(limit / norm, &trainable);
        }
        let rates = Rates {
            backbone: rate * self.spec.backbone_lr_factor,
            head: rate,
            loss: rate * self.spec.loss_lr_factor,
        };
        let trainable = self.optimizers.step(trainable, gradients, rates);
        if let Some(average) = &mut self.average {
            average.update(&trainable.model);
        }
        self.progress.steps += 1;
        self.progress.left_out_in_a_row = 0;
        trainable
    }

    /// Ends the epoch at work: its record, and whether it is the best so far.
    pub(crate) fn end_epoch(
        &mut self,
        validation: Option<Validation>,
    ) -> Result<EpochRecord, TrainError> {
        let progress = &mut self.progress;
        let epoch = progress.epoch;
        let totals = progress.totals.take().filter(|totals| !totals.is_empty());
        let totals = totals.ok_or(TrainError::NothingTrained { epoch: epoch + 1 })?;
        if let Some(validation) = validation {
            self.rate.observe(validation.loss);
        }
        let monitored = validation.and_then(|validation| validation.monitored(self.spec.monitor));
        let improved = monitored.is_none_or(|value| progress.best.observe(epoch, value));
        if improved {
            progress.best_epoch = Some(epoch + 1);
        }
        progress.epoch += 1;
        progress.batches_of_epoch = 0;
        Ok(totals.record(epoch + 1, validation, improved))
    }

    /// Writes a checkpoint where one is due behind a step.
    pub(crate) fn step_done(
        &mut self,
        trainable: &Trainable,
        on_event: &mut dyn FnMut(Event<'_>) -> bool,
    ) -> Result<bool, TrainError> {
        let (every, elapsed) = (self.spec.checkpoint_every, self.last_checkpoint.elapsed());
        if every.due_after_step(self.progress.steps, elapsed) {
            return self.write_checkpoint(trainable, false, on_event);
        }
        Ok(true)
    }

    /// Writes a checkpoint where one is due behind an epoch.
    pub(crate) fn epoch_done(
        &mut self,
        trainable: &Trainable,
        on_event: &mut dyn FnMut(Event<'_>) -> bool,
    ) -> Result<bool, TrainError> {
        if self
            .spec
            .checkpoint_every
            .due_after_epoch(self.progress.epoch)
        {
            return self.write_checkpoint(trainable, false, on_event);
        }
        Ok(true)
    }

    /// Writes a checkpoint, between two steps; what the caller says to it.
    pub(crate) fn write_checkpoint(
        &mut self,
        trainable: &Trainable,
        finished: bool,
        on_event: &mut dyn FnMut(Event<'_>) -> bool,
    ) -> Result<bool, TrainError> {
        let started = Instant::now();
        let path = self
            .checkpoints
            .write(&self.checkpoint(trainable, finished)?)?;
        self.last_checkpoint = Instant::now();
        Ok(on_event(Event::Checkpoint {
            path: &path,
            took: started.elapsed(),
        }))
    }
}
