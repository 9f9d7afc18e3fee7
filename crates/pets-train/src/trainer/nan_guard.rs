//! What is looked at and put back where numbers stop being finite.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;
use burn::tensor::container::TensorContainer;
use pets_losses::CrossBatchMemory;

use crate::host_rows::to_rows;
use crate::optim::trainable::Trainable;
use crate::progress::epoch_totals::EpochTotals;

/// Positions of the rows that hold a value which is not finite.
pub(crate) fn rows_not_finite(rows: &Tensor<2>) -> Vec<usize> {
    let [_, dim] = rows.dims();
    let values: Vec<f32> = to_rows(rows.clone());
    let rows = values.chunks_exact(dim.max(1)).enumerate();
    rows.filter(|(_, row)| row.iter().any(|value| !value.is_finite()))
        .map(|(position, _)| position)
        .collect()
}

/// As things were before the first of the batches whose gradients a step sums.
pub(crate) struct StepStart {
    /// That batch within the epoch, counted from 0.
    pub(crate) index: usize,
    pub(crate) statistics: RunningStatistics,
    pub(crate) memory: Option<CrossBatchMemory>,
    pub(crate) totals: EpochTotals,
}

/// What a model and its loss hold beside the trained weights: above all the running statistics of batch norm, which a
/// forward pass moves.
pub(crate) struct RunningStatistics(TensorContainer<ParamId>);

impl RunningStatistics {
    pub(crate) fn of<L: Module>(trainable: &Trainable<L>) -> Self {
        let mut statistics = Self(TensorContainer::new());
        trainable.model.visit(&mut statistics);
        trainable.loss.visit(&mut statistics);
        statistics
    }

    /// Sets the statistics of `trainable` back to these.
    pub(crate) fn restore<L: Module>(mut self, trainable: Trainable<L>) -> Trainable<L> {
        Trainable {
            model: trainable.model.map(&mut self),
            loss: trainable.loss.map(&mut self),
        }
    }
}

impl ModuleVisitor for RunningStatistics {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        if !value.is_require_grad() {
            self.0.register(param.id, value);
        }
    }
}

impl ModuleMapper for RunningStatistics {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        match self.0.remove::<Tensor<D>>(&param.id) {
            Some(before) => param.map(|_| before),
            None => param,
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use pets_losses::{LossConfig, MetricLoss};
    use pets_model::{Architecture, EmbeddingModelConfig};

    use super::*;
    use crate::checkpoint::tensors::{Tensors, collect, first_not_finite};

    #[test]
    fn running_statistics_go_back_to_what_they_were() {
        let device = Device::flex();
        let config = EmbeddingModelConfig {
            architecture: Architecture::EfficientnetLite0,
            embedding_size: Some(4),
            dropout_rate: 0.0,
        };
        let loss = LossConfig::default().init(4, 2, &device).unwrap();
        let trainable = Trainable {
            model: config.init(&device).unwrap().train(),
            loss: loss.train(),
        };
        let whole = |trainable: &Trainable<MetricLoss>| {
            let mut tensors = Tensors::new();
            collect(&trainable.model, "", &mut tensors).unwrap();
            tensors
        };
        let before = whole(&trainable);
        let statistics = RunningStatistics::of(&trainable);
        let images = Tensor::<4>::full([2, 3, 32, 32], f32::NAN, &device).autodiff();
        trainable.model.forward(images);
        assert!(first_not_finite(&whole(&trainable), &[""]).is_some());
        assert!(whole(&statistics.restore(trainable)) == before);
    }
}
