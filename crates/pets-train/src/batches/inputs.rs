//! Where the trainable part of a model gets its input: pictures, or activations computed once.

use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};
use pets_data::{Loader, Sampler};
use pets_model::{EmbeddingModel, FrozenStages};

use crate::embed::to_rows;
use crate::error::TrainError;
use crate::trainer::training_loop::TrainSpec;

/// Input and labels of one step.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Output of the frozen stages, `[batch, channels, height, width]`, without autodiff.
    pub(crate) activations: Tensor<4>,
    /// `[batch]`
    pub(crate) labels: Tensor<1, Int>,
    /// Positions of its images in the part.
    pub(crate) positions: Vec<usize>,
    /// Time that the model had to wait for the batch, in seconds.
    pub(crate) waited: f64,
}

/// A labelled part of the data.
#[derive(Debug)]
pub enum Part {
    /// Pictures.
    Images(Loader),
    /// What the frozen stages made of pictures. It must come from the model and the frozen stages that are trained on.
    Activations(Activations),
}

impl Part {
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Images(loader) => loader.items().is_empty(),
            Self::Activations(activations) => activations.labels.is_empty(),
        }
    }
}

/// The output of the frozen stages for every picture of a part, kept in memory.
#[derive(Debug, Clone)]
pub struct Activations {
    /// `[n, channels, height, width]`, without autodiff.
    pub(crate) values: Tensor<4>,
    pub(crate) labels: Vec<usize>,
    pub(crate) files: Vec<PathBuf>,
}

/// Images at a time that go through the frozen stages.
const CACHE_BATCH: usize = 32;

impl Activations {
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

    /// The pictures' files with their labels.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&Path, usize)> {
        let files = self.files.iter().map(PathBuf::as_path);
        files.zip(self.labels.iter().copied())
    }
}

/// A labelled part of the data, ready for the trainable stages.
pub(crate) enum Source {
    /// Decoded and transformed again in every epoch.
    Images(Loader),
    /// The output of the frozen stages for every image.
    Activations(Activations),
}

impl Source {
    /// A source that keeps the frozen stages' output where that is sound and fits: some stage is
    /// frozen, the transform draws nothing at random, and the whole takes at most `spec.cache_bytes`.
    pub(crate) fn new(
        part: Part,
        model: &EmbeddingModel,
        spec: &TrainSpec,
        on_cached: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Self, TrainError> {
        let loader = match part {
            Part::Activations(activations) => return Ok(Self::Activations(activations)),
            Part::Images(loader) => loader,
        };
        if spec.frozen.count() == 0 {
            return Ok(Self::Images(loader));
        }
        let computed =
            Activations::compute(&loader, model, spec.frozen, spec.cache_bytes, on_cached)?;
        Ok(computed.map_or(Self::Images(loader), Self::Activations))
    }

    pub(crate) fn labels(&self) -> Vec<usize> {
        match self {
            Self::Images(loader) => loader.labels(),
            Self::Activations(activations) => activations.labels.clone(),
        }
    }

    /// The file of the picture at a position.
    pub(crate) fn file(&self, position: usize) -> Option<&Path> {
        match self {
            Self::Images(loader) => Some(&loader.items().get(position)?.path),
            Self::Activations(activations) => Some(activations.files.get(position)?),
        }
    }

    /// The batches of `plan`, in order; `model` runs the frozen stages where they are not cached.
    pub(crate) fn batches<'a>(
        &'a self,
        plan: Vec<Vec<usize>>,
        seed: u64,
        epoch: u64,
        model: &'a EmbeddingModel,
        frozen: FrozenStages,
    ) -> Box<dyn Iterator<Item = Result<Batch, TrainError>> + 'a> {
        match self {
            Self::Images(loader) => {
                let mut batches = loader.batches(plan, seed, epoch);
                Box::new(std::iter::from_fn(move || {
                    let waited_before = batches.wait_time().as_secs_f64();
                    let batch = batches.next()?;
                    let waited = batches.wait_time().as_secs_f64() - waited_before;
                    Some(batch.map_err(TrainError::from).map(|batch| Batch {
                        activations: model.forward_frozen(batch.images, frozen),
                        labels: batch.labels,
                        positions: batch.indices,
                        waited,
                    }))
                }))
            }
            Self::Activations(Activations { values, labels, .. }) => {
                Box::new(plan.into_iter().map(move |positions| {
                    let device = values.device();
                    let batch_labels = positions.iter().map(|position| labels[*position]);
                    Ok(Batch {
                        labels: index_tensor(batch_labels, &device),
                        activations: values
                            .clone()
                            .select(0, index_tensor(positions.iter().copied(), &device)),
                        positions,
                        waited: 0.0,
                    })
                }))
            }
        }
    }
}

fn index_tensor(indices: impl Iterator<Item = usize>, device: &Device) -> Tensor<1, Int> {
    let indices: Vec<i32> = indices.map(|index| index as i32).collect();
    Tensor::from_ints(indices.as_slice(), device)
}
