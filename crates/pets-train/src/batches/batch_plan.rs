//! How an epoch's batches are drawn: by a fixed rule, or around what the model confuses.

use burn::module::Module;
use burn::tensor::{Tensor, TensorData};
use pets_data::{HardNegativeSampler, Sampler};
use pets_losses::{Distance, HardNegatives};
use pets_model::{EmbeddingModel, FrozenStages};

use crate::batches::inputs::Source;
use crate::embed::to_rows;
use crate::error::TrainError;
use crate::trainer::training_loop::TrainSpec;

/// Images at a time when the whole part is embedded.
const MINING_BATCH: usize = 64;

/// How an epoch's batches are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchPlan {
    /// By the labels alone.
    Fixed(Sampler),
    /// Classes that the model confuses are put into the same batch: every `every` epochs, but not before the first is
    /// done, the training part is embedded and its hardest negatives are mined. Until then as
    /// [`Sampler::MPerClass`].
    HardNegatives {
        /// Images of a class in a batch.
        m: usize,
        /// Classes that are mined for each other: an anchor class and those it is confused with.
        group: usize,
        /// Epochs between two minings; at least 1.
        every: usize,
    },
}

/// Draws the batches of a run's epochs.
#[derive(Debug)]
pub(crate) struct Batches {
    plan: BatchPlan,
    mined: Option<HardNegativeSampler>,
}

impl Batches {
    pub(crate) fn new(plan: BatchPlan) -> Result<Self, TrainError> {
        if let BatchPlan::HardNegatives { every: 0, .. } = plan {
            return Err(TrainError::InvalidSpec(
                "hard negatives must be mined every 1 or more epochs".to_owned(),
            ));
        }
        Ok(Self { plan, mined: None })
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
        source: &Source,
        model: &EmbeddingModel,
        spec: &TrainSpec,
    ) -> Result<Vec<Vec<usize>>, TrainError> {
        let labels = source.labels();
        let (number, batch_size, seed) = (epoch as u64, spec.batch_size, spec.seed);
        match self.plan {
            BatchPlan::Fixed(sampler) => Ok(sampler.epoch(&labels, batch_size, seed, number)?),
            BatchPlan::HardNegatives { m, group, every } => {
                if !begun && epoch > 0 && (epoch - 1).is_multiple_of(every) {
                    let confusable_classes = confusable(source, model, spec.frozen, &labels)?;
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
    source: &Source,
    model: &EmbeddingModel,
    frozen: FrozenStages,
    labels: &[usize],
) -> Result<std::collections::BTreeMap<usize, Vec<usize>>, TrainError> {
    let model = model.valid();
    let plan = Sampler::Sequential.epoch(labels, MINING_BATCH, 0, 0)?;
    let mut rows = Vec::new();
    let mut device = None;
    for batch in source.batches(plan, 0, 0, &model, frozen) {
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
