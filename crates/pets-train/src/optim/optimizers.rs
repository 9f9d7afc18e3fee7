//! The optimizer of a run: which one, and the rates of the model's parts.

use burn::optim::ModuleOptimizer;
use pets_losses::MetricLoss;
use pets_model::EmbeddingModel;
use serde::{Deserialize, Serialize};

use crate::optim::adam::{Adam, WeightDecay};
use crate::optim::step_gradients::PartGradients;

/// The kind of optimizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimizerKind {
    /// Adam with the weight decay added to the gradient, as `torch.optim.Adam` has it.
    Adam,
    /// Adam with decoupled weight decay (Loshchilov & Hutter, ICLR 2019).
    AdamW,
}

impl OptimizerKind {
    /// The optimizer with PyTorch's β₁ = 0.9, β₂ = 0.999, ε = 1e-8: on the CPU one pass over the weights, to the values of
    /// Burn's own.
    pub fn init(self, weight_decay: f64) -> ModuleOptimizer {
        let weight_decay = match self {
            Self::Adam => WeightDecay::Gradient(weight_decay),
            Self::AdamW => WeightDecay::Weights(weight_decay),
        };
        Adam { weight_decay }.into()
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
