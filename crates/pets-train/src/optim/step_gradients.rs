//! The gradients of a step: of backbone, head and loss, summed over batches, and clipped together.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::{Gradients, Tensor};
use pets_model::{Backbone, ProjectionHead};

use crate::optim::trainable::Trainable;

/// Sums gradients over the batches of a step.
pub(crate) struct StepGradients<L> {
    backbone: GradientsAccumulator<Backbone>,
    head: GradientsAccumulator<Option<ProjectionHead>>,
    loss: GradientsAccumulator<L>,
    batches: usize,
}

/// The summed gradients of each part.
pub(crate) struct PartGradients {
    pub(crate) backbone: GradientsParams,
    pub(crate) head: GradientsParams,
    pub(crate) loss: GradientsParams,
}

impl<L: Module> StepGradients<L> {
    pub(crate) fn new() -> Self {
        Self {
            backbone: GradientsAccumulator::new(),
            head: GradientsAccumulator::new(),
            loss: GradientsAccumulator::new(),
            batches: 0,
        }
    }

    /// Adds the gradients of a batch.
    pub(crate) fn add(&mut self, mut gradients: Gradients, trainable: &Trainable<L>) {
        let (model, loss) = (&trainable.model, &trainable.loss);
        let of_backbone = GradientsParams::from_module(&mut gradients, &model.backbone);
        let of_head = GradientsParams::from_module(&mut gradients, &model.head);
        let of_loss = GradientsParams::from_module(&mut gradients, loss);
        self.backbone.accumulate(&model.backbone, of_backbone);
        self.head.accumulate(&model.head, of_head);
        self.loss.accumulate(loss, of_loss);
        self.batches += 1;
    }

    /// Whether no batch has been added.
    pub(crate) const fn is_empty(&self) -> bool {
        self.batches == 0
    }

    /// Takes the sums out; the next step begins at zero.
    pub(crate) fn take(&mut self) -> PartGradients {
        self.batches = 0;
        PartGradients {
            backbone: self.backbone.grads(),
            head: self.head.grads(),
            loss: self.loss.grads(),
        }
    }
}

impl PartGradients {
    /// The Euclidean length of all gradients together.
    pub(crate) fn norm<L: Module>(&self, trainable: &Trainable<L>) -> f64 {
        let (model, loss) = (&trainable.model, &trainable.loss);
        let squares = square_sum(&model.backbone, &self.backbone)
            + square_sum(&model.head, &self.head)
            + square_sum(loss, &self.loss);
        squares.sqrt()
    }

    /// Multiplies all gradients by `factor`.
    pub(crate) fn scale<L: Module>(&mut self, factor: f64, trainable: &Trainable<L>) {
        let (model, loss) = (&trainable.model, &trainable.loss);
        let scaling = |gradients| Scaling { gradients, factor };
        model.backbone.visit(&mut scaling(&mut self.backbone));
        model.head.visit(&mut scaling(&mut self.head));
        loss.visit(&mut scaling(&mut self.loss));
    }
}

fn square_sum<M: Module>(module: &M, gradients: &GradientsParams) -> f64 {
    let mut sum = SquareSum {
        gradients,
        total: 0.0,
    };
    module.visit(&mut sum);
    sum.total
}

struct SquareSum<'a> {
    gradients: &'a GradientsParams,
    total: f64,
}

impl ModuleVisitor for SquareSum<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            self.total += gradient.square().sum().into_scalar::<f64>();
        }
    }
}

struct Scaling<'a> {
    gradients: &'a mut GradientsParams,
    factor: f64,
}

impl ModuleVisitor for Scaling<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.remove::<D>(param.id) {
            self.gradients.register(param.id, gradient * self.factor);
        }
    }
}
