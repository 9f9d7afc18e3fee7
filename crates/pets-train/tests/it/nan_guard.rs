//! Losses and gradients that are not finite: what is said of them, and that they leave no trace.

use std::path::PathBuf;

use burn::tensor::{Device, Tensor, TensorData};
use pets_data::Sampler;
use pets_losses::{LossConfig, LossKind};
use pets_model::{Architecture, EmbeddingModelConfig, FrozenStages, ModelDescription};
use pets_train::{
    Activations, BatchPlan, MemoryConfig, NotFinite, NotFiniteValue, OnNan, RunFolder, TrainConfig,
    TrainError, TrainEvent, TrainOutcome, Trainer, TrainingData,
};

use crate::place::alone;

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
