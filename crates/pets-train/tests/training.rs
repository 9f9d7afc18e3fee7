//! Runs on small random pictures: what a setting changes, and what it must not.

use std::collections::BTreeMap;
use std::path::Path;

use burn::tensor::Device;
use image::{Rgb, RgbImage};
use pets_data::{Item, Loader, Normalization, Sampler, Transform};
use pets_losses::{LossConfig, LossKind};
use pets_model::{
    Architecture, EmbeddingModel, EmbeddingModelConfig, FrozenStages, ModelDescription, StateDict,
};
use pets_train::{
    BatchPlan, EpochRecord, Monitor, OptimizerKind, Outcome, Part, RunFolder, Schedule, TrainError,
    TrainSpec, TrainingData, train,
};

const ARCHITECTURE: Architecture = Architecture::EfficientnetLite0;
const CLASSES: usize = 2;
const IMAGES: usize = 16;

struct Place {
    folder: tempfile::TempDir,
    device: Device,
}

impl Place {
    /// A folder with pictures, brighter for one class than for the other.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for index in 0..IMAGES {
            let bright = (index % CLASSES) as u32 * 90;
            let picture = RgbImage::from_fn(32, 32, |x, y| {
                let value = (x * 7 + y * 13 + index as u32 * 31) % 120 + bright;
                Rgb([value as u8, (value / 2) as u8, 200 - (value / 2) as u8])
            });
            picture
                .save(folder.path().join(format!("{index}.png")))
                .unwrap();
        }
        Self {
            folder,
            device: Device::flex(),
        }
    }

    fn loader(&self) -> Loader {
        let items = (0..IMAGES).map(|index| Item {
            path: self.folder.path().join(format!("{index}.png")),
            label: index % CLASSES,
        });
        let transform = Transform::eval(32, Normalization::IMAGENET).unwrap();
        Loader::new(items.collect(), transform, self.device.clone(), 1).unwrap()
    }

    fn model(&self) -> EmbeddingModel {
        self.device.seed(1);
        EmbeddingModelConfig {
            architecture: ARCHITECTURE,
            embedding_size: Some(8),
            dropout_rate: 0.0,
        }
        .init(&self.device)
        .unwrap()
    }

    /// Trains; the history, and the weights at the end.
    fn train(&self, spec: &TrainSpec, loss: LossKind) -> (Vec<EpochRecord>, StateDict) {
        let outcome = self.try_train(spec, loss).unwrap();
        (outcome.history, weights(&self.run_folder().last_model()))
    }

    fn run_folder(&self) -> RunFolder {
        RunFolder::new(self.folder.path().join("run"))
    }

    fn try_train(&self, spec: &TrainSpec, loss: LossKind) -> Result<Outcome, TrainError> {
        let model = self.model();
        let loss = LossConfig::new(loss)
            .init(8, CLASSES, &self.device)
            .unwrap();
        let description = ModelDescription {
            architecture: ARCHITECTURE,
            embedding_size: Some(8),
            dropout_rate: 0.0,
            img_size: 32,
            classes: Vec::new(),
            epoch: 0,
            metrics: BTreeMap::new(),
            config: String::new(),
        };
        let data = TrainingData {
            train: Part::Images(self.loader()),
            val: None,
        };
        train(
            spec,
            model,
            loss,
            data,
            &self.run_folder(),
            &description,
            &mut |_| true,
        )
    }

    fn starting_weights(&self) -> StateDict {
        let path = self.folder.path().join("start.safetensors");
        self.model().export(&path, ARCHITECTURE).unwrap();
        weights(&path)
    }
}

fn weights(path: &Path) -> StateDict {
    StateDict::from_file(path).unwrap()
}

fn spec(freeze: &str) -> TrainSpec {
    TrainSpec {
        num_epochs: 2,
        batch_size: 8,
        accumulation: 1,
        batch_plan: BatchPlan::Fixed(Sampler::Shuffle),
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
        frozen: FrozenStages::parse(freeze, ARCHITECTURE).unwrap(),
        freeze_epochs: 0,
        ema_decay: None,
        memory: None,
        cache_bytes: 1 << 20,
        seed: 3,
    }
}

fn values<'a>(weights: &'a StateDict, name: &str) -> &'a [f32] {
    weights.tensors[name].as_slice::<f32>().unwrap()
}

fn largest_difference(a: &StateDict, b: &StateDict, name: &str) -> f32 {
    let pairs = values(a, name).iter().zip(values(b, name));
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn two_half_batches_make_the_step_of_a_whole_one() {
    let place = Place::new();
    let whole = spec("backbone");
    let halves = TrainSpec {
        batch_size: 4,
        accumulation: 2,
        ..whole.clone()
    };
    let (_, a) = place.train(&whole, LossKind::ArcFace);
    let (_, b) = place.train(&halves, LossKind::ArcFace);
    let moved = largest_difference(&a, &b, "head.fc2.weight");
    assert!(moved < 1e-4, "{moved}");
    let single = TrainSpec {
        accumulation: 1,
        ..halves
    };
    let (_, c) = place.train(&single, LossKind::ArcFace);
    assert!(largest_difference(&a, &c, "head.fc2.weight") > 1e-4);
}

#[test]
fn a_frozen_start_leaves_the_backbone_alone() {
    let place = Place::new();
    let start = place.starting_weights();
    for (freeze_epochs, moves) in [(2, false), (1, true)] {
        let spec = TrainSpec {
            freeze_epochs,
            ..spec("none")
        };
        let (_, end) = place.train(&spec, LossKind::ArcFace);
        for name in ["_conv_stem.weight", "_bn0.running_mean"] {
            let before = values(&start, name);
            let after = values(&end, &format!("backbone.{name}"));
            assert_eq!(before != after, moves, "{name}, {freeze_epochs}");
        }
    }
}

#[test]
fn an_average_without_memory_is_the_model_itself() {
    let place = Place::new();
    let plain = spec("backbone");
    let (_, model) = place.train(&plain, LossKind::ArcFace);
    let average_of = |decay| {
        let spec = TrainSpec {
            ema_decay: Some(decay),
            ..plain.clone()
        };
        place.train(&spec, LossKind::ArcFace).1
    };
    let name = "head.fc1.weight";
    assert!(values(&model, name) == values(&average_of(0.0), name));
    assert!(largest_difference(&model, &average_of(0.999), name) > 0.0);
}

#[test]
fn clipped_gradients_are_reported_as_they_were() {
    let place = Place::new();
    let plain = spec("backbone");
    let clipped = TrainSpec {
        clip_norm: Some(1e-3),
        num_epochs: 1,
        ..plain.clone()
    };
    let (with_clipping, a) = place.train(&clipped, LossKind::ArcFace);
    let (without, b) = place.train(
        &TrainSpec {
            num_epochs: 1,
            ..plain
        },
        LossKind::ArcFace,
    );
    let norm = |history: &[EpochRecord]| history[0].gradient_norm.unwrap();
    assert!(norm(&without) > 1e-3);
    // Steps after the first start from other weights, but not far from them.
    assert!((norm(&with_clipping) / norm(&without) - 1.0).abs() < 0.5);
    assert!(largest_difference(&a, &b, "head.fc2.weight") > 0.0);
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let place = Place::new();
    let good = spec("backbone");
    let bad = [
        TrainSpec {
            accumulation: 0,
            ..good.clone()
        },
        TrainSpec {
            clip_norm: Some(0.0),
            ..good.clone()
        },
        TrainSpec {
            ema_decay: Some(1.0),
            ..good.clone()
        },
        TrainSpec {
            batch_plan: BatchPlan::HardNegatives {
                m: 2,
                group: 2,
                every: 0,
            },
            ..good
        },
    ];
    for spec in bad {
        place.try_train(&spec, LossKind::ArcFace).unwrap_err();
    }
}
