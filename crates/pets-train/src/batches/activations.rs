//! What the frozen stages make of pictures, computed once and kept in memory.

use std::path::PathBuf;

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};
use pets_data::{Loader, Sampler};
use pets_model::{EmbeddingModel, FrozenStages};

use crate::error::TrainError;
use crate::host_rows::to_rows;

/// The output of the frozen stages for every picture of a part, kept in memory.
#[derive(Debug, Clone)]
pub struct Activations {
    /// `[n, channels, height, width]`, without autodiff.
    values: Tensor<4>,
    labels: Vec<usize>,
    files: Vec<PathBuf>,
}

/// Images at a time that go through the frozen stages.
const CACHE_BATCH: usize = 32;

impl Activations {
    /// Activations of pictures that were computed elsewhere.
    ///
    /// # Shapes
    ///
    /// - values: `[n, channels, height, width]`, without autodiff
    ///
    /// # Errors
    ///
    /// [`TrainError::InvalidConfig`] where there is not one label and one file to each.
    pub fn new(
        values: Tensor<4>,
        labels: Vec<usize>,
        files: Vec<PathBuf>,
    ) -> Result<Self, TrainError> {
        let [count, ..] = values.dims();
        if labels.len() != count || files.len() != count {
            return Err(TrainError::InvalidConfig(format!(
                "{count} activations need a label and a file each, found {} labels and {} files",
                labels.len(),
                files.len()
            )));
        }
        Ok(Self {
            values,
            labels,
            files,
        })
    }

    /// Runs the frozen stages once for every picture; none where the transform draws at random, or the whole would take
    /// more than `max_bytes`.
    ///
    /// `on_progress` is told how many of how many are done; returning `false` ends the work.
    ///
    /// # Errors
    ///
    /// [`TrainError::Data`] where a picture cannot be read, [`TrainError::Interrupted`] where `on_progress` says so.
    pub fn compute(
        loader: &Loader,
        model: &EmbeddingModel,
        frozen: FrozenStages,
        max_bytes: usize,
        on_progress: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Option<Self>, TrainError> {
        if loader.is_random() {
            return Ok(None);
        }
        let model = model.valid();
        let labels = loader.labels();
        let total = labels.len();
        let plan = Sampler::Sequential.epoch(&labels, CACHE_BATCH, 0, 0)?;
        let mut parts = Vec::with_capacity(plan.len());
        let mut done = 0;
        for batch in loader.batches(plan, 0, 0) {
            let batch = batch?;
            let activations = model.forward_frozen(batch.images, frozen);
            let [rows, channels, height, width] = activations.dims();
            if total * channels * height * width * size_of::<f32>() > max_bytes {
                return Ok(None);
            }
            done += rows;
            parts.push(activations);
            if !on_progress(done, total) {
                return Err(TrainError::Interrupted);
            }
        }
        Ok(Some(Self {
            values: Tensor::cat(parts, 0),
            labels,
            files: loader
                .items()
                .iter()
                .map(|item| item.path.clone())
                .collect(),
        }))
    }

    /// The embeddings that `model` makes of them, rows of length 1 behind one another.
    pub fn embed(&self, model: &EmbeddingModel, frozen: FrozenStages) -> Vec<f32> {
        to_rows(model.valid().forward_trainable(self.values.clone(), frozen))
    }

    /// The labels, one for each picture.
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// Those of the pictures at `positions`, `[batch, channels, height, width]`.
    pub(crate) fn select(&self, positions: &[usize]) -> Tensor<4> {
        let positions = index_tensor(positions.iter().copied(), &self.device());
        self.values.clone().select(0, positions)
    }

    pub(crate) fn device(&self) -> Device {
        self.values.device()
    }

    /// The pictures' files, one for each.
    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

/// Positions or labels as a tensor.
pub(crate) fn index_tensor(
    indices: impl Iterator<Item = usize>,
    device: &Device,
) -> Tensor<1, Int> {
    let indices: Vec<i32> = indices.map(|index| index as i32).collect();
    Tensor::from_ints(indices.as_slice(), device)
}
