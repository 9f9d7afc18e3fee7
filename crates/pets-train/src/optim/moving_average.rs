//! An exponential moving average of a model's weights.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;
use burn::tensor::container::TensorContainer;
use pets_model::EmbeddingModel;

/// The average of a model's weights over the steps so far, recent ones counting most.
///
/// After step `t`, counted from 0, `average = d · average + (1 − d) · weights` with
/// `d = min(decay, (1 + t) / (10 + t))`, so that the start of training is soon forgotten. Running statistics of batch
/// norm are averaged likewise.
#[derive(Debug)]
pub(crate) struct MovingAverage {
    decay: f64,
    steps: u64,
    model: EmbeddingModel,
}

impl MovingAverage {
    pub(crate) fn new(decay: f64, model: &EmbeddingModel) -> Self {
        Self {
            decay,
            steps: 0,
            model: model.valid(),
        }
    }

    /// Takes in the weights after a step.
    pub(crate) fn update(&mut self, model: &EmbeddingModel) {
        let step = self.steps as f64;
        let decay = self.decay.min((1.0 + step) / (10.0 + step));
        self.steps += 1;
        let mut current = Collector(TensorContainer::new());
        model.valid().visit(&mut current);
        let mut mixer = Mixer {
            decay,
            current: current.0,
        };
        self.model = self.model.clone().map(&mut mixer);
    }

    pub(crate) fn model(&self) -> &EmbeddingModel {
        &self.model
    }

    /// How many steps it has taken in.
    pub(crate) const fn steps(&self) -> u64 {
        self.steps
    }

    /// Goes on after `steps` steps with the weights that `replace` makes of these.
    pub(crate) fn resume<E>(
        self,
        steps: u64,
        replace: impl FnOnce(EmbeddingModel) -> Result<EmbeddingModel, E>,
    ) -> Result<Self, E> {
        Ok(Self {
            decay: self.decay,
            steps,
            model: replace(self.model)?,
        })
    }
}

struct Collector(TensorContainer<ParamId>);

impl ModuleVisitor for Collector {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.register(param.id, param.val());
    }
}

struct Mixer {
    decay: f64,
    current: TensorContainer<ParamId>,
}

impl ModuleMapper for Mixer {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(current) = self.current.remove::<Tensor<D>>(&param.id) else {
            return param;
        };
        let decay = self.decay;
        param.map(|average| average * decay + current * (1.0 - decay))
    }
}
