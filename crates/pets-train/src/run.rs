//! A run at work: what it keeps from epoch to epoch, and how an epoch is trained.

use std::time::Instant;

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};
use pets_losses::{CrossBatchMemory, LossOutput, MetricLoss, mean_norm};
use pets_model::{EmbeddingModel, l2_normalize};

use crate::batch_plan::Batches;
use crate::epoch_totals::EpochTotals;
use crate::error::TrainError;
use crate::moving_average::MovingAverage;
use crate::optimizer::{Optimizers, Rates, Trainable};
use crate::schedule::LearningRate;
use crate::source::Source;
use crate::step_gradients::{PartGradients, StepGradients};
use crate::trainer::{Event, TrainSpec};

/// What stays the same, or moves on, from epoch to epoch.
pub(crate) struct Run<'a> {
    spec: &'a TrainSpec,
    pub(crate) rate: LearningRate,
    device: Device,
    /// Runs the frozen stages; the trained ones among its weights are out of date.
    frozen_model: EmbeddingModel,
    optimizers: Optimizers,
    batches: Batches,
    memory: Option<CrossBatchMemory>,
    average: Option<MovingAverage>,
    step: u64,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        spec: &'a TrainSpec,
        model: &EmbeddingModel,
        loss: &MetricLoss,
    ) -> Result<Self, TrainError> {
        Ok(Self {
            spec,
            rate: LearningRate::new(spec.schedule, spec.learning_rate, spec.num_epochs)?,
            device: model.devices().into_iter().next().unwrap_or_default(),
            frozen_model: model.valid(),
            optimizers: Optimizers {
                model: spec.optimizer.init(spec.weight_decay),
                loss: spec.optimizer.init(spec.loss_weight_decay),
            },
            batches: Batches::new(spec.batch_plan)?,
            memory: spec
                .memory
                .map(|memory| CrossBatchMemory::new(loss.kind(), memory.capacity))
                .transpose()?,
            average: spec.ema_decay.map(|decay| MovingAverage::new(decay, model)),
            step: 0,
        })
    }

    /// The weights that are validated and saved.
    pub(crate) fn kept_model<'b>(&'b self, trainable: &'b Trainable) -> &'b EmbeddingModel {
        self.average
            .as_ref()
            .map_or(&trainable.model, MovingAverage::model)
    }

    /// Trains one epoch; no totals where the caller asked to stop inside it.
    pub(crate) fn epoch(
        &mut self,
        mut trainable: Trainable,
        source: &Source,
        epoch: usize,
        on_event: &mut dyn FnMut(Event<'_>) -> bool,
    ) -> Result<(Trainable, Option<EpochTotals>), TrainError> {
        let spec = self.spec;
        let plan = self.batches.of_epoch(
            epoch,
            source,
            &trainable.model,
            spec.frozen,
            spec.batch_size,
            spec.seed,
        )?;
        let steps = plan.len();
        let mut totals = EpochTotals::new(self.rate.at(epoch as f64));
        let mut gradients = StepGradients::default();
        let started = Instant::now();
        // The batches borrow the model that runs the frozen stages, which no step changes.
        let frozen_model = self.frozen_model.clone();
        let batches = source.batches(plan, spec.seed, epoch as u64, &frozen_model, spec.frozen);
        for (index, batch) in batches.enumerate() {
            let batch = batch?;
            self.step += 1;
            self.device.seed(step_seed(spec.seed, self.step));
            let learning_rate = self.rate.at(epoch as f64 + index as f64 / steps as f64);
            let [images] = batch.labels.dims();

            let output = self.forward(&trainable, batch.activations, batch.labels, epoch);
            let value = f64::from(output.value.clone().into_scalar::<f32>());
            if !value.is_finite() {
                return Err(TrainError::NotFinite {
                    loss: value,
                    epoch: epoch + 1,
                    step: index + 1,
                    learning_rate,
                });
            }
            // The last step of an epoch may have fewer batches than the others.
            let first_of_step = index - index % spec.accumulation;
            let batches_of_step = spec.accumulation.min(steps - first_of_step);
            gradients.add(
                (output.value / batches_of_step as f64).backward(),
                &trainable,
            );
            if index + 1 == first_of_step + batches_of_step {
                let (stepped, norm) = self.optimize(trainable, gradients.take(), learning_rate);
                trainable = stepped;
                totals.add_step(norm);
            }

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
                diagnostics: &output.diagnostics,
            });
            if !go_on {
                return Ok((trainable, None));
            }
        }
        Ok((trainable, Some(totals)))
    }

    /// The loss of a batch, whose frozen stages have been run.
    fn forward(
        &mut self,
        trainable: &Trainable,
        activations: Tensor<4>,
        labels: Tensor<1, Int>,
        epoch: usize,
    ) -> LossOutput {
        let spec = self.spec;
        let (activations, frozen) = if epoch < spec.freeze_epochs {
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
        let memory = self.memory.as_mut().filter(|_| {
            spec.memory
                .is_some_and(|memory| epoch >= memory.start_epoch)
        });
        let mut output = match memory {
            Some(memory) => memory.forward(&trainable.loss, embeddings, labels),
            None => trainable.loss.forward(embeddings, labels),
        };
        output.diagnostics.embedding_norm = norm;
        output
    }

    /// A step of the optimizers, and the length of its gradients before they were clipped.
    fn optimize(
        &mut self,
        trainable: Trainable,
        mut gradients: PartGradients,
        rate: f64,
    ) -> (Trainable, f64) {
        let norm = gradients.norm(&trainable);
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
        (trainable, norm)
    }
}

/// A seed of its own for every step, so that a step's dropout depends on nothing before it.
fn step_seed(seed: u64, step: u64) -> u64 {
    seed.wrapping_add(step.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}
