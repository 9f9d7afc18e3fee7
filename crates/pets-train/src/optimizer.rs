//! The optimizer of a run: which one, and the rates of the model's parts.

use burn::optim::decay::WeightDecayConfig;
use burn::optim::{AdamConfig, AdamWConfig, ModuleOptimizer};
use pets_losses::MetricLoss;
use pets_model::EmbeddingModel;
use serde::{Deserialize, Serialize};

use crate::step_gradients::PartGradients;

/// The kind of optimizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimizerKind {
    /// Adam with the weight decay added to the gradient, as `torch.optim.Adam` has it.
    Adam,
    /// Adam with decoupled weight decay (Loshchilov & Hutter, ICLR 2019).
    AdamW,
}

/// PyTorch's epsilon; Burn's default is 1e-5.
const EPSILON: f32 = 1e-8;

impl OptimizerKind {
    pub(crate) fn init(self, weight_decay: f64) -> ModuleOptimizer {
        match self {
            Self::Adam => AdamConfig::new()
                .with_epsilon(EPSILON)
                .with_weight_decay(Some(WeightDecayConfig::new(weight_decay as f32)))
                .init(),
            Self::AdamW => AdamWConfig::new()
                .with_epsilon(EPSILON)
                .with_weight_decay(weight_decay as f32)
                .init(),
        }
    }
}

/// What training changes.
pub(crate) struct Trainable {
    pub(crate) model: EmbeddingModel,
    pub(crate) loss: MetricLoss,
}

/// The optimizers of a model and of the loss's own parameters, which have a weight decay of their own.
#[derive(Clone)]
pub(crate) struct Optimizers {
    pub(crate) model: ModuleOptimizer,
    pub(crate) loss: ModuleOptimizer,
}

/// The learning rates of a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates {
    pub(crate) backbone: f64,
    pub(crate) head: f64,
    pub(crate) loss: f64,
}

impl Optimizers {
    pub(crate) fn step(
        &mut self,
        trainable: Trainable,
        gradients: PartGradients,
        rates: Rates,
    ) -> Trainable {
        let Trainable {
            model: EmbeddingModel { backbone, head },
            loss,
        } = trainable;
        Trainable {
            model: EmbeddingModel {
                backbone: self
                    .model
                    .step(rates.backbone, backbone, gradients.backbone),
                head: self.model.step(rates.head, head, gradients.head),
            },
            loss: self.loss.step(rates.loss, loss, gradients.loss),
        }
    }
}
