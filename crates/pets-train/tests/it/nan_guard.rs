//! Losses and gradients that are not finite: what is said of them, and that they leave no trace.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor, TensorData};
use pets_data::Sampler;
use pets_losses::{CrossBatchMemory, EmbeddingLoss, LossConfig, LossKind, LossOutput, MetricLoss};
use pets_model::{Architecture, EmbeddingModelConfig, FrozenStages, ModelDescription, StateDict};
use pets_train::{
    Activations, BatchPlan, EpochRecord, MemoryConfig, NotFinite, NotFiniteValue, OnNan, RunFolder,
    TrainConfig, TrainError, TrainEvent, TrainOutcome, Trainer, TrainingData,
};

use crate::place::{Place, Setup, alone, config, weights};

const IMAGES: usize = 8;

/// Features of as many images; those of the `broken` ones are not numbers.
fn features(broken: &[usize], device: &Device) -> Activations {
    let dim = Architecture::EfficientnetLite0.feature_dim();
    let mut values: Vec<f32> = (0..IMAGES * dim)
        .map(|place| (place % 17) as f32 / 17.0 + (place / dim) as f32)
        .collect();
    for image in broken {
        values[image * dim] = f32::NAN;
    }
    Activations::new(
        Tensor::from_data(TensorData::new(values, [IMAGES, dim, 1, 1]), device),
        (0..IMAGES).map(|image| image % 2).collect(),
        (0..IMAGES)
            .map(|image| format!("{image}.png").into())
            .collect(),
    )
    .unwrap()
}

/// Trains a head for two epochs on such features.
fn train_with(
    broken: &[usize],
    on_nan: OnNan,
) -> (Result<TrainOutcome, TrainError>, Vec<NotFinite>) {
    let _alone = alone();
    let device = Device::flex();
    device.seed(1);
    let network = EmbeddingModelConfig {
        architecture: Architecture::EfficientnetLite0,
        embedding_size: Some(4),
        dropout_rate: 0.0,
    };
    let config = TrainConfig {
        num_epochs: 2,
        batch_size: 2,
        batch_plan: BatchPlan::Fixed(Sampler::Sequential),
        frozen: Some(FrozenStages::parse("backbone", network.architecture).unwrap()),
        ema_decay: Some(0.9),
        memory: Some(MemoryConfig {
            capacity: 8,
            start_epoch: 0,
        }),
        checkpoint_every: "1 step".parse().unwrap(),
        on_nan,
        ..TrainConfig::default()
    };
    let loss = LossConfig::new(LossKind::Contrastive)
        .init(4, 2, &device)
        .unwrap();
    let data = TrainingData {
        train: features(broken, &device).into(),
        val: None,
    };
    let place = tempfile::tempdir().unwrap();
    let folder = RunFolder::new(place.path()).lock().unwrap();
    let description = ModelDescription::untrained(&network, 32, Vec::new());
    let mut left_out = Vec::new();
    let outcome = Trainer::new(config, description)
        .on_event(|event| {
            if let TrainEvent::LeftOut(found) = event {
                left_out.push(found.clone());
            }
            true
        })
        .train(network.init(&device).unwrap(), loss, data, &folder);
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

/// What goes wrong with a batch.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// The loss is not a number.
    Loss,
    /// The loss is a number, its gradients are not.
    Gradients,
}

/// A loss that goes wrong at some of its calls, counted from 0.
#[derive(Module, Debug)]
struct FaultyLoss {
    loss: MetricLoss,
    #[module(skip)]
    fault: Fault,
    #[module(skip)]
    faulty_calls: Vec<usize>,
    #[module(skip)]
    calls: Arc<AtomicUsize>,
}

impl FaultyLoss {
    fn new(fault: Fault, faulty_calls: &[usize]) -> Self {
        Self {
            loss: LossConfig::new(LossKind::Contrastive)
                .init(8, 2, &Device::flex())
                .unwrap(),
            fault,
            faulty_calls: faulty_calls.to_vec(),
            calls: Arc::default(),
        }
    }

    fn spoil(&self, mut output: LossOutput, embeddings: Tensor<2>) -> LossOutput {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        if self.faulty_calls.contains(&call) {
            output.value = match self.fault {
                Fault::Loss => output.value * f32::NAN,
                // The slope of the root at 0 is infinite, and 0 times that is not a number.
                Fault::Gradients => output.value + (embeddings.sum() * 0.0).sqrt(),
            };
        }
        output
    }
}

impl EmbeddingLoss for FaultyLoss {
    fn forward(&self, embeddings: Tensor<2>, labels: Tensor<1, Int>) -> LossOutput {
        self.spoil(self.loss.forward(embeddings.clone(), labels), embeddings)
    }

    fn compares_pairs(&self) -> bool {
        true
    }

    fn forward_with_memory(
        &self,
        embeddings: Tensor<2>,
        labels: Tensor<1, Int>,
        memory: &CrossBatchMemory,
    ) -> LossOutput {
        let output = self
            .loss
            .forward_with_memory(embeddings.clone(), labels, memory);
        self.spoil(output, embeddings)
    }
}

/// What a run of 8 batches leaves under a loss that goes wrong: the model, and the history without the clock's part.
fn left_by(
    fault: Fault,
    faulty_calls: &[usize],
    accumulation: usize,
) -> (StateDict, Vec<EpochRecord>) {
    let place = Place::new();
    let config = TrainConfig {
        batch_size: 4,
        accumulation,
        memory: Some(MemoryConfig {
            capacity: 8,
            start_epoch: 0,
        }),
        on_nan: OnNan::Skip { at_most: 4 },
        ..config("none")
    };
    let loss = FaultyLoss::new(fault, faulty_calls);
    let outcome = place
        .run_under(loss, &Setup::default(), &config, false, &mut |_| true)
        .unwrap();
    let mut history = outcome.history;
    for record in &mut history {
        (record.seconds, record.images_per_second, record.wait_share) = (0.0, 0.0, 0.0);
    }
    (weights(&place.run_folder().last_model()), history)
}

/// With the batch norm of the whole backbone and the memory of past batches at stake.
#[test]
fn gradients_leave_no_more_of_a_batch_than_a_loss_does() {
    let (by_loss, loss_history) = left_by(Fault::Loss, &[1], 1);
    let (by_gradients, gradients_history) = left_by(Fault::Gradients, &[1], 1);
    assert_eq!(gradients_history, loss_history);
    assert_eq!(loss_history[0].left_out_batches, 1);
    assert!(by_gradients.tensors == by_loss.tensors, "the models differ");
}

#[test]
fn gradients_that_are_not_finite_leave_nothing_of_any_batch_of_their_step() {
    let (by_loss, loss_history) = left_by(Fault::Loss, &[2, 3], 2);
    for first_or_last_of_the_step in [2, 3] {
        let (by_gradients, gradients_history) =
            left_by(Fault::Gradients, &[first_or_last_of_the_step], 2);
        assert_eq!(gradients_history, loss_history);
        assert_eq!(loss_history[0].left_out_batches, 2);
        assert!(by_gradients.tensors == by_loss.tensors, "the models differ");
    }
}
