//! Where the trainable part of a model gets its input: pictures, or activations computed once.

use std::path::Path;

use burn::tensor::{Int, Tensor};
use pets_data::Loader;
use pets_model::{EmbeddingModel, FrozenStages};

use crate::batches::activations::{Activations, index_tensor};
use crate::error::TrainError;

/// Input and labels of a batch, as the trainable stages take them.
#[derive(Debug)]
pub(crate) struct InputBatch {
    /// Output of the frozen stages, `[batch, channels, height, width]`, without autodiff.
    pub(crate) activations: Tensor<4>,
    /// `[batch]`
    pub(crate) labels: Tensor<1, Int>,
    /// Positions of its images among all of them.
    pub(crate) positions: Vec<usize>,
    /// Time that the model had to wait for the batch, in seconds.
    pub(crate) waited: f64,
}

/// Labelled inputs of a model: what is trained on, or what validates.
#[derive(Debug)]
pub enum Inputs {
    /// Pictures, decoded and transformed again in every epoch.
    Images(Loader),
    /// What the frozen stages made of pictures. It must come from the model and the frozen stages that are trained on.
    Activations(Box<Activations>),
}

impl From<Loader> for Inputs {
    fn from(loader: Loader) -> Self {
        Self::Images(loader)
    }
}

impl From<Activations> for Inputs {
    fn from(activations: Activations) -> Self {
        Self::Activations(Box::new(activations))
    }
}

impl Inputs {
    /// Runs the frozen stages once for every picture and keeps their output, where that is sound and fits: some stage is
    /// frozen, the transform draws nothing at random, and the whole takes at most `max_bytes`.
    pub(crate) fn with_frozen_stages_computed(
        self,
        model: &EmbeddingModel,
        frozen: FrozenStages,
        max_bytes: usize,
        on_progress: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Self, TrainError> {
        let loader = match self {
            Self::Images(loader) if frozen.count() > 0 => loader,
            as_they_are => return Ok(as_they_are),
        };
        let computed = Activations::compute(&loader, model, frozen, max_bytes, on_progress)?;
        Ok(computed.map_or(Self::Images(loader), Self::from))
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Images(loader) => loader.items().is_empty(),
            Self::Activations(activations) => activations.labels().is_empty(),
        }
    }

    pub(crate) fn labels(&self) -> Vec<usize> {
        match self {
            Self::Images(loader) => loader.labels(),
            Self::Activations(activations) => activations.labels().to_vec(),
        }
    }

    /// The file of the picture at a position.
    pub(crate) fn file(&self, position: usize) -> Option<&Path> {
        match self {
            Self::Images(loader) => Some(&loader.items().get(position)?.path),
            Self::Activations(activations) => Some(activations.files().get(position)?),
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
    ) -> Box<dyn Iterator<Item = Result<InputBatch, TrainError>> + 'a> {
        match self {
            Self::Images(loader) => {
                let mut batches = loader.batches(plan, seed, epoch);
                Box::new(std::iter::from_fn(move || {
                    let waited_before = batches.wait_time().as_secs_f64();
                    let batch = batches.next()?;
                    let waited = batches.wait_time().as_secs_f64() - waited_before;
                    Some(batch.map_err(TrainError::from).map(|batch| InputBatch {
                        activations: model.forward_frozen(batch.images, frozen),
                        labels: batch.labels,
                        positions: batch.indices,
                        waited,
                    }))
                }))
            }
            Self::Activations(activations) => Box::new(plan.into_iter().map(|positions| {
                let labels = positions
                    .iter()
                    .map(|position| activations.labels()[*position]);
                Ok(InputBatch {
                    labels: index_tensor(labels, &activations.device()),
                    activations: activations.select(&positions),
                    positions,
                    waited: 0.0,
                })
            })),
        }
    }
}
