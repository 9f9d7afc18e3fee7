//! A run as a checkpoint, and back.

use burn::module::Module;
use burn::tensor::TensorData;
use pets_losses::MemoryState;
use pets_model::EmbeddingModel;

use crate::checkpoint::file::{Checkpoint, RunState};
use crate::checkpoint::optimizer_state::{self, Counts};
use crate::checkpoint::tensors::{self, Tensors, first_not_finite};
use crate::error::TrainError;
use crate::optim::moving_average::MovingAverage;
use crate::optim::optimizers::Optimizers;
use crate::optim::trainable::Trainable;
use crate::trainer::run::Run;

const MODEL: &str = "model.";
const LOSS: &str = "loss.";
const AVERAGE: &str = "average.";
const OPTIMIZER: &str = "optimizer.";
const LOSS_OPTIMIZER: &str = "loss_optimizer.";
const MEMORY_EMBEDDINGS: &str = "memory.embeddings";
const MEMORY_LABELS: &str = "memory.labels";

impl Checkpoint {
    /// Gives a model and a loss, of the same shapes as those of the run, the weights they had.
    pub(crate) fn restore_modules<L: Module>(
        &self,
        model: EmbeddingModel,
        loss: L,
    ) -> Result<(EmbeddingModel, L), TrainError> {
        let model = tensors::apply(model, MODEL, &self.tensors).map_err(foreign)?;
        let loss = tensors::apply(loss, LOSS, &self.tensors).map_err(foreign)?;
        Ok((model, loss))
    }
}

impl Run<'_> {
    /// This moment of the run, between two steps.
    pub(crate) fn checkpoint<L: Module>(
        &self,
        trainable: &Trainable<L>,
        finished: bool,
    ) -> Result<Checkpoint, TrainError> {
        let mut tensors = Tensors::new();
        let mut counts = Counts::new();
        self.collect(trainable, &mut tensors, &mut counts)
            .map_err(|reason| TrainError::NoCheckpoint { reason })?;
        if let Some(tensor) = first_not_finite(&tensors, &[MODEL, LOSS, AVERAGE]) {
            return Err(TrainError::WeightsNotFinite {
                tensor: tensor.to_owned(),
                epoch: self.progress.epoch + 1,
                step: self.progress.batches_of_epoch,
            });
        }
        let state = RunState {
            format: 0,
            finished,
            data: self.data.clone(),
            origin: Some(self.origin.clone()),
            progress: self.progress.clone(),
            plateau: self.rate.plateau().clone(),
            average_steps: self.average.as_ref().map(MovingAverage::steps),
            confusable: self.batches.confusable(),
            optimizer_counts: counts,
        };
        Ok(Checkpoint::new(tensors, state))
    }

    fn collect<L: Module>(
        &self,
        trainable: &Trainable<L>,
        tensors: &mut Tensors,
        counts: &mut Counts,
    ) -> Result<(), String> {
        let Trainable { model, loss } = trainable;
        let optimizers = &self.optimizers;
        tensors::collect(model, MODEL, tensors)?;
        tensors::collect(loss, LOSS, tensors)?;
        optimizer_state::collect(&optimizers.model, model, OPTIMIZER, tensors, counts)?;
        optimizer_state::collect(&optimizers.loss, loss, LOSS_OPTIMIZER, tensors, counts)?;
        if let Some(average) = &self.average {
            tensors::collect(average.model(), AVERAGE, tensors)?;
        }
        if let Some(memory) = &self.memory {
            let MemoryState {
                dim,
                embeddings,
                labels,
            } = memory.state();
            let count = labels.len();
            let embeddings = TensorData::new(embeddings, [count, dim]);
            tensors.insert(MEMORY_EMBEDDINGS.to_owned(), embeddings);
            tensors.insert(MEMORY_LABELS.to_owned(), TensorData::new(labels, [count]));
        }
        Ok(())
    }

    /// Goes on from a checkpoint, whose weights `trainable` has already.
    pub(crate) fn restore<L: Module>(
        &mut self,
        checkpoint: Checkpoint,
        trainable: &Trainable<L>,
    ) -> Result<(), TrainError> {
        let Checkpoint { tensors, state } = checkpoint;
        if state.data != self.data {
            return Err(foreign(
                "it comes from other images, labels or splits than those that are there now"
                    .to_owned(),
            ));
        }
        let Trainable { model, loss } = trainable;
        let (started, counts) = (self.optimizers.clone(), &state.optimizer_counts);
        self.optimizers = Optimizers {
            model: optimizer_state::apply(started.model, model, OPTIMIZER, &tensors, counts)
                .map_err(foreign)?,
            loss: optimizer_state::apply(started.loss, loss, LOSS_OPTIMIZER, &tensors, counts)
                .map_err(foreign)?,
        };
        if let Some(average) = self.average.take() {
            let steps = state
                .average_steps
                .ok_or_else(|| foreign("it has no moving average".to_owned()))?;
            let resumed = average.resume(steps, |model| tensors::apply(model, AVERAGE, &tensors));
            self.average = Some(resumed.map_err(foreign)?);
        }
        if let Some(memory) = &mut self.memory {
            memory.restore(memory_state(&tensors)?, &self.device)?;
        }
        self.rate.resume(state.plateau);
        self.batches.resume(state.confusable);
        self.progress = state.progress;
        Ok(())
    }
}

fn memory_state(tensors: &Tensors) -> Result<MemoryState, TrainError> {
    let values = || {
        let embeddings = tensors.get(MEMORY_EMBEDDINGS)?;
        let labels = tensors.get(MEMORY_LABELS)?;
        Some(MemoryState {
            dim: *embeddings.shape().to_vec().get(1)?,
            embeddings: embeddings.as_slice::<f32>().ok()?.to_vec(),
            labels: labels.as_slice::<i64>().ok()?.to_vec(),
        })
    };
    values().ok_or_else(|| foreign("it has no memory of past batches".to_owned()))
}

fn foreign(reason: String) -> TrainError {
    TrainError::ForeignCheckpoint { reason }
}
