//! What is looked at and put back where numbers stop being finite.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;
use burn::tensor::container::TensorContainer;
use pets_model::EmbeddingModel;

use crate::embed::to_rows;

/// Positions of the rows that hold a value which is not finite.
pub(crate) fn rows_not_finite(rows: &Tensor<2>) -> Vec<usize> {
    let [_, dim] = rows.dims();
    let values: Vec<f32> = to_rows(rows.clone());
    let rows = values.chunks_exact(dim.max(1)).enumerate();
    rows.filter(|(_, row)| row.iter().any(|value| !value.is_finite()))
        .map(|(position, _)| position)
        .collect()
}

/// What a model holds beside its trained weights: the running statistics of batch norm, which a forward pass moves.
pub(crate) struct RunningStatistics(TensorContainer<ParamId>);

impl RunningStatistics {
    pub(crate) fn of(model: &EmbeddingModel) -> Self {
        let mut statistics = Self(TensorContainer::new());
        model.visit(&mut statistics);
        statistics
    }

    /// Sets the statistics of `model` back to these.
    pub(crate) fn restore(mut self, model: EmbeddingModel) -> EmbeddingModel {
        model.map(&mut self)
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
        let model = config.init(&device).unwrap().train();
        let whole = |model: &EmbeddingModel| {
            let mut tensors = Tensors::new();
            collect(model, "", &mut tensors).unwrap();
            tensors
        };
        let before = whole(&model);
        let statistics = RunningStatistics::of(&model);
        let images = Tensor::<4>::full([2, 3, 32, 32], f32::NAN, &device).autodiff();
        model.forward(images);
        assert!(first_not_finite(&whole(&model), &[""]).is_some());
        let model = statistics.restore(model);
        assert!(whole(&model) == before);
    }
}
