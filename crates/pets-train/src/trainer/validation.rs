//! Loss and retrieval within the validation part.

use burn::module::Module;
use pets_data::Sampler;
use pets_eval::{Embeddings, evaluate_retrieval};
use pets_losses::{EmbeddingLoss, MetricLoss};
use pets_model::{EmbeddingModel, FrozenStages};

use crate::batches::inputs::Source;
use crate::embed::to_rows;
use crate::error::TrainError;
use crate::progress::early_stopping::Monitor;

/// What an epoch reached on the validation part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Validation {
    /// Mean loss over the images' batches.
    pub(crate) loss: f64,
    pub(crate) recall_at_1: Option<f64>,
    pub(crate) map_at_r: Option<f64>,
}

impl Validation {
    pub(crate) fn monitored(self, monitor: Monitor) -> Option<f64> {
        match monitor {
            Monitor::ValLoss => Some(self.loss),
            Monitor::RecallAt1 => self.recall_at_1,
            Monitor::MapAtR => self.map_at_r,
        }
    }
}

/// Judges `model` in evaluation mode. The batches are shuffled once and stay the same in every
/// epoch, and so do the numbers that a miner draws, so that losses of pairs are comparable from epoch to epoch.
pub(crate) fn validate(
    model: &EmbeddingModel,
    loss: &MetricLoss,
    source: &Source,
    frozen: FrozenStages,
    batch_size: usize,
    seed: u64,
) -> Result<Validation, TrainError> {
    for device in model.devices() {
        device.seed(seed);
    }
    let (model, loss) = (model.valid(), loss.valid());
    let part = source.labels();
    let plan = Sampler::Shuffle.epoch(&part, batch_size, seed, 0)?;
    let labels: Vec<u32> = plan
        .iter()
        .flatten()
        .map(|position| part[*position] as u32)
        .collect();
    let mut rows = Vec::new();
    let mut loss_sum = 0.0;
    for batch in source.batches(plan, seed, 0, &model, frozen) {
        let batch = batch?;
        let [images] = batch.labels.dims();
        let embeddings = model.forward_trainable(batch.activations, frozen);
        let value = loss
            .forward(embeddings.clone(), batch.labels)
            .value
            .into_scalar::<f32>();
        loss_sum += f64::from(value) * images as f64;
        rows.extend(to_rows(embeddings));
    }
    let dim = rows.len() / labels.len().max(1);
    let loss = loss_sum / labels.len() as f64;
    let found = evaluate_retrieval(&Embeddings::new(rows, dim, labels)?, &[1])?.summary;
    Ok(Validation {
        loss,
        recall_at_1: found.at_k[&1].recall,
        map_at_r: found.map_at_r,
    })
}
