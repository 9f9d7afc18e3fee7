//! The optimizer of a run: which one, and the rates of the model's parts.

use burn::optim::decay::WeightDecayConfig;
use burn::optim::{AdamConfig, AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::Gradients;
use pets_losses::MetricLoss;
use pets_model::EmbeddingModel;
use serde::{Deserialize, Serialize};

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

impl Trainable {
    /// One optimizer step: the backbone at `backbone_rate`, head and loss parameters at `rate`.
    pub(crate) fn step(
        self,
        optimizer: &mut ModuleOptimizer,
        mut gradients: Gradients,
        rate: f64,
        backbone_rate: f64,
    ) -> Self {
        let Self {
            model: EmbeddingModel { backbone, head },
            loss,
        } = self;
        let of_backbone = GradientsParams::from_module(&mut gradients, &backbone);
        let of_head = GradientsParams::from_module(&mut gradients, &head);
        let of_loss = GradientsParams::from_module(&mut gradients, &loss);
        Self {
            model: EmbeddingModel {
                backbone: optimizer.step(backbone_rate, backbone, of_backbone),
                head: optimizer.step(rate, head, of_head),
            },
            loss: optimizer.step(rate, loss, of_loss),
        }
    }
}
