//! Loss and retrieval within the validation part.

use burn::module::Module;
use pets_data::Sampler;
use pets_eval::{Embeddings, evaluate_retrieval};
use pets_losses::EmbeddingLoss;
use pets_model::{EmbeddingModel, FrozenStages};

use crate::batches::inputs::Inputs;
use crate::error::TrainError;
use crate::host_rows::to_rows;
use crate::progress::validation::Validation;

/// Judges `model` in evaluation mode. The batches are shuffled once and stay the same in every
/// epoch, and so do the numbers that a miner draws, so that losses of pairs are comparable from epoch to epoch.
pub(crate) fn validate<L: EmbeddingLoss>(
    model: &EmbeddingModel,
    loss: &L,
    inputs: &Inputs,
    frozen: FrozenStages,
    batch_size: usize,
    seed: u64,
) -> Result<Validation, TrainError> {
    for device in model.devices() {
        device.seed(seed);
    }
    let (model, loss) = (model.valid(), loss.valid());
    let all_labels = inputs.labels();
    let plan = Sampler::Shuffle.epoch(&all_labels, batch_size, seed, 0)?;
    let labels: Vec<u32> = plan
        .iter()
        .flatten()
        .map(|position| all_labels[*position] as u32)
        .collect();
    let mut rows = Vec::new();
    let mut loss_sum = 0.0;
    for batch in inputs.batches(plan, seed, 0, &model, frozen) {
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
    let found = evaluate_retrieval(&Embeddings::new(rows, dim, labels)?, &[1], &())?.summary;
    Ok(Validation {
        loss,
        recall_at_1: found.at_k[&1].recall,
        map_at_r: found.map_at_r,
    })
}
