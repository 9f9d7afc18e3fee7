//! Draws the batches of an epoch, by a fixed rule or around what the model confuses.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::{Tensor, TensorData};
use pets_data::{HardNegativeSampler, Sampler};
use pets_losses::{Distance, HardNegatives};
use pets_model::{EmbeddingModel, FrozenStages};

use crate::batches::batch_plan::BatchPlan;
use crate::batches::inputs::Inputs;
use crate::error::TrainError;
use crate::host_rows::to_rows;

/// Images at a time when the whole part is embedded.
const MINING_BATCH: usize = 64;

/// Draws the batches of a run's epochs.
#[derive(Debug)]
pub(crate) struct BatchPlanner {
    plan: BatchPlan,
    batch_size: usize,
    seed: u64,
    mined: Option<HardNegativeSampler>,
}

impl BatchPlanner {
    pub(crate) fn new(plan: BatchPlan, batch_size: usize, seed: u64) -> Result<Self, TrainError> {
        if let BatchPlan::HardNegatives { every: 0, .. } = plan {
            return Err(TrainError::InvalidConfig(
                "hard negatives must be mined every 1 or more epochs".to_owned(),
            ));
        }
        let first = match plan {
            BatchPlan::Fixed(sampler) => sampler,
            BatchPlan::HardNegatives { m, group, .. } if group > 0 => Sampler::MPerClass { m },
            BatchPlan::HardNegatives { .. } => {
                return Err(TrainError::InvalidConfig(
                    "a group of confused classes has at least 1 of them".to_owned(),
                ));
            }
        };
        // Whether the numbers go together does not depend on the images.
        first.epoch(&[0], batch_size, seed, 0)?;
        Ok(Self {
            plan,
            batch_size,
            seed,
            mined: None,
        })
    }

    /// What the model confused when it was last asked, for each label.
    pub(crate) fn confusable(&self) -> Option<Vec<(usize, Vec<usize>)>> {
        let sampler = self.mined.as_ref()?;
        Some(sampler.confusable_classes.clone().into_iter().collect())
    }

    /// Goes on with what the model confused when it was last asked.
    pub(crate) fn resume(&mut self, confusable: Option<Vec<(usize, Vec<usize>)>>) {
        if let (BatchPlan::HardNegatives { m, group, .. }, Some(classes)) = (self.plan, confusable)
        {
            self.mined = Some(HardNegativeSampler {
                m,
                group,
                confusable_classes: classes.into_iter().collect(),
            });
        }
    }

    /// The batches of an epoch, counted from 0; `model` is asked what it confuses where that is due, unless some of the
    /// epoch's batches are `begun`, whose plan then stands.
    pub(crate) fn of_epoch(
        &mut self,
        epoch: usize,
        begun: bool,
        inputs: &Inputs,
        model: &EmbeddingModel,
        frozen: FrozenStages,
    ) -> Result<Vec<Vec<usize>>, TrainError> {
        let labels = inputs.labels();
        let (number, batch_size, seed) = (epoch as u64, self.batch_size, self.seed);
        match self.plan {
            BatchPlan::Fixed(sampler) => Ok(sampler.epoch(&labels, batch_size, seed, number)?),
            BatchPlan::HardNegatives { m, group, every } => {
                if !begun && epoch > 0 && (epoch - 1).is_multiple_of(every) {
                    let confusable_classes = confusable(inputs, model, frozen, &labels)?;
                    self.mined = Some(HardNegativeSampler {
                        m,
                        group,
                        confusable_classes,
                    });
                }
                Ok(match &self.mined {
                    Some(sampler) => sampler.epoch(&labels, batch_size, seed, number)?,
                    None => Sampler::MPerClass { m }.epoch(&labels, batch_size, seed, number)?,
                })
            }
        }
    }
}

/// For each label those that the model confuses with it, the most confusable first.
fn confusable(
    inputs: &Inputs,
    model: &EmbeddingModel,
    frozen: FrozenStages,
    labels: &[usize],
) -> Result<BTreeMap<usize, Vec<usize>>, TrainError> {
    let model = model.valid();
    let plan = Sampler::Sequential.epoch(labels, MINING_BATCH, 0, 0)?;
    let mut rows = Vec::new();
    let mut device = None;
    for batch in inputs.batches(plan, 0, 0, &model, frozen) {
        let embeddings = model.forward_trainable(batch?.activations, frozen);
        device = Some(embeddings.device());
        rows.extend(to_rows(embeddings));
    }
    let dim = rows.len() / labels.len().max(1);
    let embeddings = Tensor::<2>::from_data(
        TensorData::new(rows, [labels.len(), dim]),
        &device.unwrap_or_default(),
    );
    let mined = HardNegatives::mine(embeddings, labels, Distance::Euclidean, 1)?;
    Ok(mined.confusable_classes().clone())
}
