//! An epoch, batch by batch.

use std::path::Path;
use std::time::{Duration, Instant};

use burn::tensor::{Int, Tensor};
use pets_losses::{Diagnostics, EmbeddingLoss};

use crate::batches::inputs::{InputBatch, Inputs};
use crate::error::TrainError;
use crate::error::not_finite::{NotFinite, NotFiniteValue};
use crate::optim::step_gradients::StepGradients;
use crate::optim::trainable::Trainable;
use crate::progress::epoch_totals::EpochTotals;
use crate::trainer::event::TrainEvent;
use crate::trainer::nan_guard::{RunningStatistics, StepStart, rows_not_finite};
use crate::trainer::on_nan::OnNan;
use crate::trainer::run::{Forwarded, Run};

/// Trains the epoch that a run is at to its end; false where the caller asked to stop inside it.
pub(crate) fn train_epoch<L: EmbeddingLoss>(
    run: &mut Run<'_>,
    trainable: Trainable<L>,
    inputs: &Inputs,
    on_event: &mut dyn FnMut(TrainEvent<'_>) -> bool,
) -> Result<(Trainable<L>, bool), TrainError> {
    let (epoch, done) = (run.progress.epoch, run.progress.batches_of_epoch);
    let (seed, frozen) = (run.config.seed, run.frozen);
    let mut plan = run
        .batches
        .of_epoch(epoch, done > 0, inputs, &trainable.model, frozen)?;
    let batches = plan.len();
    let plan = plan.split_off(done.min(batches));
    // The batches borrow the model that runs the frozen stages, which no step changes.
    let frozen_model = run.frozen_model.clone();
    let batches_left = inputs.batches(plan, seed, epoch as u64, &frozen_model, frozen);
    Epoch::new(run, inputs, batches, on_event).train(trainable, batches_left)
}

/// The rest of an epoch that is being trained.
struct Epoch<'e, 'r, L> {
    run: &'e mut Run<'r>,
    inputs: &'e Inputs,
    /// Batches of the whole epoch.
    batches: usize,
    on_event: &'e mut dyn FnMut(TrainEvent<'_>) -> bool,
    go_on: bool,
    gradients: StepGradients<L>,
    /// Positions of the images whose gradients are summed.
    summed: Vec<usize>,
    /// As things were before the gradients that are summed, where batches may be left out.
    step_start: Option<StepStart>,
    started: Instant,
    /// Time spent on the epoch by a process before this one.
    before: Duration,
}

/// A batch that the model has seen.
struct Seen {
    /// Batch within the epoch, counted from 0.
    index: usize,
    positions: Vec<usize>,
    waited: f64,
    learning_rate: f64,
    loss: f64,
    diagnostics: Diagnostics,
    /// `[batch, dim]`
    embeddings: Tensor<2>,
}

impl<'e, 'r, L: EmbeddingLoss> Epoch<'e, 'r, L> {
    fn new(
        run: &'e mut Run<'r>,
        inputs: &'e Inputs,
        batches: usize,
        on_event: &'e mut dyn FnMut(TrainEvent<'_>) -> bool,
    ) -> Self {
        let rate = run.rate.at(run.progress.epoch as f64);
        let totals = &mut run.progress.totals;
        let before = totals
            .get_or_insert_with(|| EpochTotals::new(rate))
            .elapsed();
        Self {
            run,
            inputs,
            batches,
            on_event,
            go_on: true,
            gradients: StepGradients::new(),
            summed: Vec::new(),
            step_start: None,
            started: Instant::now(),
            before,
        }
    }

    /// Trains on the batches that are left; false where the caller asked to stop, behind a whole step.
    fn train(
        mut self,
        mut trainable: Trainable<L>,
        batches: impl Iterator<Item = Result<InputBatch, TrainError>>,
    ) -> Result<(Trainable<L>, bool), TrainError> {
        let accumulation = self.run.config.accumulation;
        for batch in batches {
            let index = self.run.progress.batches_of_epoch;
            self.run.progress.batches_of_epoch += 1;
            self.run.progress.batches += 1;
            let ends_step = (index + 1).is_multiple_of(accumulation) || index + 1 == self.batches;
            trainable = self.batch(trainable, batch?, index, ends_step)?;
            if ends_step && !self.go_on {
                return Ok((trainable, false));
            }
        }
        Ok((trainable, true))
    }

    fn batch(
        &mut self,
        mut trainable: Trainable<L>,
        batch: InputBatch,
        index: usize,
        ends_step: bool,
    ) -> Result<Trainable<L>, TrainError> {
        let (config, progress) = (self.run.config, &self.run.progress);
        self.run
            .device
            .seed(batch_seed(config.seed, progress.batches));
        let epoch = progress.epoch as f64 + index as f64 / self.batches as f64;
        let learning_rate = self.run.rate.at(epoch);
        let statistics = self.keep_for_leaving_out(&trainable, index);

        let Forwarded { output, embeddings } =
            self.run
                .forward(&trainable, batch.activations, batch.labels.clone());
        let seen = Seen {
            index,
            positions: batch.positions,
            waited: batch.waited,
            learning_rate,
            loss: f64::from(output.value.clone().into_scalar::<f32>()),
            diagnostics: output.diagnostics,
            embeddings,
        };
        let is_finite = seen.loss.is_finite();
        if is_finite {
            self.sum_gradients(&trainable, &seen, output.value, batch.labels);
        } else {
            self.leave_out_batch(&trainable, &seen, &output.value)?;
            if let Some(statistics) = statistics {
                trainable = statistics.restore(trainable);
            }
        }
        if ends_step && !self.gradients.is_empty() {
            return self.step(trainable, &seen, is_finite);
        }
        if is_finite {
            self.tell(&seen);
        }
        Ok(trainable)
    }

    /// Keeps what leaving out the batch, or its step, would have to put back; nothing where none may be left out.
    fn keep_for_leaving_out(
        &mut self,
        trainable: &Trainable<L>,
        index: usize,
    ) -> Option<RunningStatistics> {
        if matches!(self.run.config.on_nan, OnNan::Stop) {
            return None;
        }
        if self.gradients.is_empty() {
            self.step_start = Some(StepStart {
                index,
                statistics: RunningStatistics::of(trainable),
                memory: self.run.memory.clone(),
                totals: self.totals().clone(),
            });
        }
        Some(RunningStatistics::of(trainable))
    }

    /// Adds the gradients of a batch to those of its step, and the batch to the memory.
    fn sum_gradients(
        &mut self,
        trainable: &Trainable<L>,
        seen: &Seen,
        loss: Tensor<1>,
        labels: Tensor<1, Int>,
    ) {
        self.run.remember(seen.embeddings.clone(), labels);
        // The last step of an epoch may have fewer batches than the others.
        let accumulation = self.run.config.accumulation;
        let first_of_step = seen.index - seen.index % accumulation;
        let batches_of_step = accumulation.min(self.batches - first_of_step);
        let share = loss / batches_of_step as f64;
        self.gradients.add(share.backward(), trainable);
        self.summed.extend(&seen.positions);
    }

    /// A step of the optimizer behind its last batch.
    fn step(
        &mut self,
        mut trainable: Trainable<L>,
        seen: &Seen,
        is_finite: bool,
    ) -> Result<Trainable<L>, TrainError> {
        let gradients = self.gradients.take();
        let summed = std::mem::take(&mut self.summed);
        let norm = gradients.norm(&trainable);
        if !norm.is_finite() {
            return self.leave_out_step(trainable, seen, &summed, norm);
        }
        trainable = self
            .run
            .optimize(trainable, gradients, norm, seen.learning_rate);
        self.totals().add_step(norm);
        if is_finite {
            self.tell(seen);
        }
        self.go_on &= self.run.step_done(&trainable, self.on_event)?;
        Ok(trainable)
    }

    /// Adds a batch to the epoch's sums and tells the caller.
    fn tell(&mut self, seen: &Seen) {
        let elapsed = self.before + self.started.elapsed();
        let epoch = self.run.progress.epoch + 1;
        let steps = self.batches;
        let totals = self.totals();
        totals.add(
            seen.positions.len(),
            seen.loss,
            &seen.diagnostics,
            seen.learning_rate,
            seen.waited,
            elapsed,
        );
        let (loss, images_per_second) = (totals.mean_loss(), totals.images_per_second());
        self.go_on &= (self.on_event)(TrainEvent::Step {
            epoch,
            step: seen.index + 1,
            steps,
            loss,
            learning_rate: seen.learning_rate,
            images_per_second,
            diagnostics: &seen.diagnostics,
        });
    }

    /// Leaves a batch out because of its loss.
    fn leave_out_batch(
        &mut self,
        trainable: &Trainable<L>,
        seen: &Seen,
        loss: &Tensor<1>,
    ) -> Result<(), TrainError> {
        let mut gradients = StepGradients::new();
        gradients.add(loss.backward(), trainable);
        let norm = gradients.take().norm(trainable);
        let rows = rows_not_finite(&seen.embeddings);
        let positions: Vec<usize> = if rows.is_empty() {
            seen.positions.clone()
        } else {
            rows.iter().map(|row| seen.positions[*row]).collect()
        };
        self.leave_out(seen, NotFiniteValue::Loss(seen.loss), norm, &positions, 1)
    }

    /// Leaves a step out because of its gradients, whose sum does not tell which of its batches they come from.
    fn leave_out_step(
        &mut self,
        mut trainable: Trainable<L>,
        seen: &Seen,
        summed: &[usize],
        norm: f64,
    ) -> Result<Trainable<L>, TrainError> {
        let mut batches = 1;
        if let Some(start) = self.step_start.take() {
            batches = seen.index + 1 - start.index;
            trainable = start.statistics.restore(trainable);
            self.run.memory = start.memory;
            *self.totals() = start.totals;
        }
        let value = NotFiniteValue::Gradients { loss: seen.loss };
        self.leave_out(seen, value, norm, summed, batches)?;
        Ok(trainable)
    }

    /// Tells of batches that are left out, or ends training where that is not allowed.
    fn leave_out(
        &mut self,
        seen: &Seen,
        value: NotFiniteValue,
        gradient_norm: f64,
        positions: &[usize],
        batches: usize,
    ) -> Result<(), TrainError> {
        let progress = &mut self.run.progress;
        progress.left_out_in_a_row += 1;
        let files = positions
            .iter()
            .filter_map(|position| self.inputs.file(*position));
        let found = NotFinite {
            value,
            epoch: progress.epoch + 1,
            step: seen.index + 1,
            steps: self.batches,
            learning_rate: seen.learning_rate,
            gradient_norm,
            diagnostics: seen.diagnostics,
            in_a_row: progress.left_out_in_a_row,
            files: files.map(Path::to_owned).collect(),
        };
        match self.run.config.on_nan {
            OnNan::Skip { at_most } if found.in_a_row <= at_most => {
                self.totals().leave_out(batches);
                self.go_on &= (self.on_event)(TrainEvent::LeftOut(&found));
                Ok(())
            }
            OnNan::Skip { .. } | OnNan::Stop => Err(TrainError::NotFinite(Box::new(found))),
        }
    }

    fn totals(&mut self) -> &mut EpochTotals {
        let progress = &mut self.run.progress;
        progress
            .totals
            .as_mut()
            .expect("an epoch has its sums: `new` sees to it")
    }
}

/// A seed of its own for every batch, so that its dropout depends on nothing before it.
fn batch_seed(seed: u64, batch: u64) -> u64 {
    seed.wrapping_add(batch.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}
