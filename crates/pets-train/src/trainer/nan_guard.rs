//! Numbers that are no longer numbers: what was found where, and what is done about it.

use std::fmt;
use std::path::PathBuf;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;
use burn::tensor::container::TensorContainer;
use pets_losses::Diagnostics;
use pets_model::EmbeddingModel;
use serde::{Deserialize, Serialize};

/// What is done where the loss or its gradients stop being finite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnNan {
    /// Training ends; the last checkpoint and the best model are kept.
    Stop,
    /// The batch is left out as if it had not been drawn, unless that happens more than `at_most` times in a row.
    Skip {
        /// Batches in a row that may be left out.
        at_most: usize,
    },
}

/// What was not finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NotFiniteValue {
    /// The loss, with this value.
    Loss(f64),
    /// The gradients; the loss was this.
    Gradients {
        /// The loss of the step's last batch.
        loss: f64,
    },
}

/// A batch whose loss or gradients are not finite.
#[derive(Debug, Clone, PartialEq)]
pub struct NotFinite {
    /// What was not finite.
    pub value: NotFiniteValue,
    /// Epoch, counted from 1.
    pub epoch: usize,
    /// Batch within the epoch, counted from 1.
    pub step: usize,
    /// Batches of the epoch.
    pub steps: usize,
    /// The learning rate.
    pub learning_rate: f64,
    /// Euclidean length of all gradients together.
    pub gradient_norm: f64,
    /// What the loss said of the batch.
    pub diagnostics: Diagnostics,
    /// The batch's images whose embeddings are not finite or, where that is none of them or all, all of the batch.
    pub files: Vec<PathBuf>,
    /// How many batches in a row this was, with this one.
    pub in_a_row: usize,
}

/// Files named in a message.
const FILES_NAMED: usize = 8;

impl fmt::Display for NotFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            NotFiniteValue::Loss(loss) => write!(f, "the loss became {loss}")?,
            NotFiniteValue::Gradients { loss } => {
                write!(f, "the gradients are not finite (the loss is {loss})")?;
            }
        }
        writeln!(
            f,
            " in epoch {}, step {} of {}, at learning rate {:e}",
            self.epoch, self.step, self.steps, self.learning_rate
        )?;
        writeln!(f, "  length of the gradients: {}", self.gradient_norm)?;
        let said = &self.diagnostics;
        let parts = [
            ("active share", said.active_share),
            ("distance of positives", said.mean_positive_distance),
            ("of negatives", said.mean_negative_distance),
            ("length of embeddings", said.embedding_norm),
        ];
        let parts: Vec<_> = parts
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name} {}", value?)))
            .collect();
        writeln!(f, "  the loss's parts: {}", parts.join(", "))?;
        write!(f, "  images:")?;
        for file in self.files.iter().take(FILES_NAMED) {
            write!(f, " {}", file.display())?;
        }
        match self.files.len().saturating_sub(FILES_NAMED) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// Positions of the rows that hold a value which is not finite.
pub(crate) fn rows_not_finite(rows: &Tensor<2>) -> Vec<usize> {
    let [_, dim] = rows.dims();
    let values: Vec<f32> = crate::embed::to_rows(rows.clone());
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
    use burn::module::Module;
    use burn::tensor::{Device, TensorData};
    use pets_data::Sampler;
    use pets_losses::{LossConfig, LossKind};
    use pets_model::{Architecture, EmbeddingModelConfig, FrozenStages, ModelDescription};

    use super::*;
    use crate::batches::batch_plan::BatchPlan;
    use crate::batches::inputs::{Activations, Part};
    use crate::batches::training_data::TrainingData;
    use crate::error::TrainError;
    use crate::optim::optimizers::OptimizerKind;
    use crate::progress::early_stopping::Monitor;
    use crate::run_folder::layout::RunFolder;
    use crate::schedule::learning_rate::Schedule;
    use crate::trainer::training_loop::{Event, MemorySpec, Outcome, Start, TrainSpec, train};

    const IMAGES: usize = 8;

    fn model(device: &Device) -> EmbeddingModel {
        device.seed(1);
        let config = EmbeddingModelConfig {
            architecture: Architecture::EfficientnetLite0,
            embedding_size: Some(4),
            dropout_rate: 0.0,
        };
        config.init(device).unwrap()
    }

    /// Trains a head for two epochs on features of which those of the `broken` images are not numbers.
    fn train_with(
        broken: &[usize],
        on_nan: OnNan,
    ) -> (Result<Outcome, TrainError>, Vec<NotFinite>) {
        let device = Device::flex();
        let dim = Architecture::EfficientnetLite0.feature_dim();
        let mut values: Vec<f32> = (0..IMAGES * dim)
            .map(|place| (place % 17) as f32 / 17.0 + (place / dim) as f32)
            .collect();
        for image in broken {
            values[image * dim] = f32::NAN;
        }
        let activations = Activations {
            values: Tensor::from_data(TensorData::new(values, [IMAGES, dim, 1, 1]), &device),
            labels: (0..IMAGES).map(|image| image % 2).collect(),
            files: (0..IMAGES)
                .map(|image| format!("{image}.png").into())
                .collect(),
        };
        let spec = TrainSpec {
            num_epochs: 2,
            batch_size: 2,
            accumulation: 1,
            batch_plan: BatchPlan::Fixed(Sampler::Sequential),
            optimizer: OptimizerKind::Adam,
            learning_rate: 1e-3,
            backbone_lr_factor: 1.0,
            loss_lr_factor: 1.0,
            weight_decay: 0.0,
            loss_weight_decay: 0.0,
            clip_norm: None,
            schedule: Schedule::None,
            monitor: Monitor::ValLoss,
            early_stopping: None,
            frozen: FrozenStages::parse("backbone", Architecture::EfficientnetLite0).unwrap(),
            freeze_epochs: 0,
            ema_decay: Some(0.9),
            memory: Some(MemorySpec {
                capacity: 8,
                start_epoch: 0,
            }),
            cache_bytes: 0,
            checkpoint_every: "1 step".parse().unwrap(),
            on_nan,
            seed: 3,
        };
        let start = Start {
            model: model(&device),
            loss: LossConfig::new(LossKind::Contrastive)
                .init(4, 2, &device)
                .unwrap(),
            checkpoint: None,
        };
        let data = TrainingData {
            train: Part::Activations(activations),
            val: None,
        };
        let place = tempfile::tempdir().unwrap();
        let folder = RunFolder::new(place.path()).lock().unwrap();
        let description = ModelDescription {
            architecture: Architecture::EfficientnetLite0,
            embedding_size: Some(4),
            dropout_rate: 0.0,
            img_size: 32,
            classes: Vec::new(),
            epoch: 0,
            metrics: std::collections::BTreeMap::new(),
            config: String::new(),
        };
        let mut left_out = Vec::new();
        let outcome = train(&spec, start, data, &folder, &description, &mut |event| {
            if let Event::LeftOut(found) = event {
                left_out.push(found.clone());
            }
            true
        });
        (outcome, left_out)
    }

    #[test]
    fn the_step_and_the_image_are_named() {
        let (outcome, _) = train_with(&[5], OnNan::Stop);
        let TrainError::NotFinite(found) = outcome.unwrap_err() else {
            panic!("the loss is not a number");
        };
        assert_eq!((found.epoch, found.step, found.steps), (1, 3, 4));
        assert!(matches!(found.value, NotFiniteValue::Loss(loss) if loss.is_nan()));
        assert!(found.gradient_norm.is_nan());
        assert_eq!(found.files, [PathBuf::from("5.png")]);
        let message = found.to_string();
        assert!(
            message.contains("epoch 1, step 3 of 4") && message.contains("images: 5.png"),
            "{message}"
        );
    }

    #[test]
    fn batches_left_out_leave_no_trace() {
        let skip = OnNan::Skip { at_most: 1 };
        let (outcome, left_out) = train_with(&[5], skip);
        let history = outcome.unwrap().history;
        assert_eq!(left_out.len(), 2);
        // The memory of past batches holds none of it, or every later loss would not be a number.
        for record in history {
            assert_eq!(record.left_out_batches, 1);
            assert!(record.train_loss.is_finite() && record.gradient_norm.unwrap().is_finite());
        }
    }

    #[test]
    fn only_so_many_batches_in_a_row_are_left_out() {
        let (outcome, left_out) = train_with(&[2, 3, 4], OnNan::Skip { at_most: 1 });
        let TrainError::NotFinite(found) = outcome.unwrap_err() else {
            panic!("two batches in a row are one too many");
        };
        assert_eq!((left_out.len(), found.in_a_row, found.step), (1, 2, 3));

        let all = [0, 2, 4, 6];
        let (outcome, left_out) = train_with(&all, OnNan::Skip { at_most: 10 });
        assert!(matches!(
            outcome.unwrap_err(),
            TrainError::NothingTrained { epoch: 1 }
        ));
        assert_eq!(left_out.len(), 4);
    }

    #[test]
    fn running_statistics_go_back_to_what_they_were() {
        let device = Device::flex();
        let model = model(&device).train();
        let whole = |model: &EmbeddingModel| {
            let mut tensors = crate::checkpoint::tensors::Tensors::new();
            crate::checkpoint::tensors::collect(model, "", &mut tensors).unwrap();
            tensors
        };
        let before = whole(&model);
        let statistics = RunningStatistics::of(&model);
        let images = Tensor::<4>::full([2, 3, 32, 32], f32::NAN, &device).autodiff();
        model.forward(images);
        assert!(crate::checkpoint::tensors::first_not_finite(&whole(&model), &[""]).is_some());
        let model = statistics.restore(model);
        assert!(whole(&model) == before);
    }
}
