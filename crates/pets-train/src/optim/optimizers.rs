//! The optimizers of a run at work, each part of the model with its rate.

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use pets_model::EmbeddingModel;

use crate::optim::step_gradients::PartGradients;
use crate::optim::trainable::Trainable;

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
    pub(crate) fn step<L: Module>(
        &mut self,
        trainable: Trainable<L>,
        gradients: PartGradients,
        rates: Rates,
    ) -> Trainable<L> {
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
