//! A run: what it keeps from epoch to epoch.

use std::time::Instant;

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};
use pets_losses::{CrossBatchMemory, EmbeddingLoss, LossOutput, mean_norm};
use pets_model::{EmbeddingModel, FrozenStages, l2_normalize};

use crate::batches::batch_planner::BatchPlanner;
use crate::checkpoint::file::RunOrigin;
use crate::error::TrainError;
use crate::optim::moving_average::MovingAverage;
use crate::optim::optimizers::{Optimizers, Rates};
use crate::optim::step_gradients::PartGradients;
use crate::optim::trainable::Trainable;
use crate::progress::early_stopping::BestEpoch;
use crate::progress::epoch_record::EpochRecord;
use crate::progress::run_progress::RunProgress;
use crate::progress::validation::Validation;
use crate::run_folder::lock::LockedRunFolder;
use crate::schedule::learning_rate::LearningRate;
use crate::trainer::config::TrainConfig;
use crate::trainer::event::TrainEvent;

/// What stays the same, or moves on, from epoch to epoch.
pub(crate) struct Run<'a> {
    pub(crate) config: &'a TrainConfig,
    pub(crate) frozen: FrozenStages,
    pub(crate) device: Device,
    /// Tells the training data from others.
    pub(crate) data: String,
    pub(crate) origin: RunOrigin,
    /// Runs the frozen stages; the trained ones among its weights are out of date.
    pub(crate) frozen_model: EmbeddingModel,
    pub(crate) rate: LearningRate,
    pub(crate) optimizers: Optimizers,
    pub(crate) batches: BatchPlanner,
    pub(crate) memory: Option<CrossBatchMemory>,
    pub(crate) average: Option<MovingAverage>,
    pub(crate) progress: RunProgress,
    folder: &'a LockedRunFolder,
    last_checkpoint: Instant,
}

/// What became of a batch.
pub(crate) struct Forwarded {
    pub(crate) output: LossOutput,
    /// `[batch, dim]`, rows of length 1.
    pub(crate) embeddings: Tensor<2>,
}

impl<'a> Run<'a> {
    pub(crate) fn new<L: EmbeddingLoss>(
        config: &'a TrainConfig,
        frozen: FrozenStages,
        model: &EmbeddingModel,
        loss: &L,
        data: String,
        origin: RunOrigin,
        folder: &'a LockedRunFolder,
    ) -> Result<Self, TrainError> {
        Ok(Self {
            config,
            frozen,
            device: model.devices().into_iter().next().unwrap_or_default(),
            data,
            origin,
            frozen_model: model.valid(),
            rate: LearningRate::new(config.schedule, config.learning_rate, config.num_epochs)?,
            optimizers: Optimizers {
                model: config.optimizer.init(config.weight_decay),
                loss: config.optimizer.init(config.loss_weight_decay),
            },
            batches: BatchPlanner::new(config.batch_plan, config.batch_size, config.seed)?,
            memory: config
                .memory
                .map(|memory| loss.new_memory(memory.capacity))
                .transpose()?,
            average: config
                .ema_decay
                .map(|decay| MovingAverage::new(decay, model)),
            progress: RunProgress::start(BestEpoch::new(config.monitor, config.early_stopping)),
            folder,
            last_checkpoint: Instant::now(),
        })
    }

    /// The weights that are validated and saved.
    pub(crate) fn kept_model<'b, L>(&'b self, trainable: &'b Trainable<L>) -> &'b EmbeddingModel {
        self.average
            .as_ref()
            .map_or(&trainable.model, MovingAverage::model)
    }

    /// The loss of a batch, whose frozen stages have been run.
    pub(crate) fn forward<L: EmbeddingLoss>(
        &self,
        trainable: &Trainable<L>,
        activations: Tensor<4>,
        labels: Tensor<1, Int>,
    ) -> Forwarded {
        let (activations, frozen) = if self.progress.epoch < self.config.freeze_epochs {
            let whole = self.frozen.whole();
            let features = self
                .frozen_model
                .forward_between(activations, self.frozen, whole);
            (features, whole)
        } else {
            (activations, self.frozen)
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
        let start_epoch = self.config.memory?.start_epoch;
        let memory = self.memory.as_ref();
        memory.filter(|_| self.progress.epoch >= start_epoch)
    }

    /// A step of the optimizers along gradients of length `norm`.
    pub(crate) fn optimize<L: Module>(
        &mut self,
        trainable: Trainable<L>,
        mut gradients: PartGradients,
        norm: f64,
        rate: f64,
    ) -> Trainable<L> {
        if let Some(limit) = self.config.clip_norm.filter(|limit| norm > *limit) {
            gradients.scale(limit / norm, &trainable);
        }
        let rates = Rates {
            backbone: rate * self.config.backbone_lr_factor,
            head: rate,
            loss: rate * self.config.loss_lr_factor,
        };
        let trainable = self.optimizers.step(trainable, gradients, rates);
        if let Some(average) = &mut self.average {
            average.update(&trainable.model);
        }
        self.progress.steps += 1;
        self.progress.left_out_in_a_row = 0;
        trainable
    }

    /// Ends the epoch: its record, and whether it is the best so far.
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
        let monitored = validation.and_then(|validation| validation.monitored(self.config.monitor));
        let improved = monitored.is_none_or(|value| progress.best.observe(epoch, value));
        if improved {
            progress.best_epoch = Some(epoch + 1);
        }
        progress.epoch += 1;
        progress.batches_of_epoch = 0;
        Ok(totals.record(epoch + 1, validation, improved))
    }

    /// Writes a checkpoint where one is due behind a step.
    pub(crate) fn step_done<L: Module>(
        &mut self,
        trainable: &Trainable<L>,
        on_event: &mut dyn FnMut(TrainEvent<'_>) -> bool,
    ) -> Result<bool, TrainError> {
        let (every, elapsed) = (self.config.checkpoint_every, self.last_checkpoint.elapsed());
        if every.due_after_step(self.progress.steps, elapsed) {
            return self.write_checkpoint(trainable, false, on_event);
        }
        Ok(true)
    }

    /// Writes a checkpoint where one is due behind an epoch.
    pub(crate) fn epoch_done<L: Module>(
        &mut self,
        trainable: &Trainable<L>,
        on_event: &mut dyn FnMut(TrainEvent<'_>) -> bool,
    ) -> Result<bool, TrainError> {
        if self
            .config
            .checkpoint_every
            .due_after_epoch(self.progress.epoch)
        {
            return self.write_checkpoint(trainable, false, on_event);
        }
        Ok(true)
    }

    /// Writes a checkpoint, between two steps; what the caller says to it.
    pub(crate) fn write_checkpoint<L: Module>(
        &mut self,
        trainable: &Trainable<L>,
        finished: bool,
        on_event: &mut dyn FnMut(TrainEvent<'_>) -> bool,
    ) -> Result<bool, TrainError> {
        let started = Instant::now();
        let checkpoint = self.checkpoint(trainable, finished)?;
        self.folder.check()?;
        let path = self.folder.checkpoints().write(&checkpoint)?;
        self.last_checkpoint = Instant::now();
        Ok(on_event(TrainEvent::Checkpoint {
            path: &path,
            took: started.elapsed(),
        }))
    }
}
