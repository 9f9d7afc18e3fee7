//! Small random pictures, and training on them.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use burn::tensor::Device;
use image::{Rgb, RgbImage};
use pets_data::{Augmentation, Item, Loader, Normalization, Sampler, Transform};
use pets_losses::{EmbeddingLoss, LossConfig, LossKind};
use pets_model::{
    Architecture, EmbeddingModel, EmbeddingModelConfig, FrozenStages, ModelDescription, StateDict,
};
use pets_train::{
    BatchPlan, EpochRecord, RunFolder, Schedule, TrainConfig, TrainError, TrainEvent, TrainOutcome,
    Trainer, TrainingData,
};

const ARCHITECTURE: Architecture = Architecture::EfficientnetLite0;
const CLASSES: usize = 2;
const IMAGES: usize = 16;

/// What is trained, and on what.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) loss: LossConfig,
    pub(crate) embedding_size: usize,
    pub(crate) dropout_rate: f64,
    pub(crate) model_seed: u64,
    pub(crate) augment: bool,
    /// Whether half of the pictures are for validation.
    pub(crate) validate: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            loss: LossConfig::new(LossKind::ArcFace),
            embedding_size: 8,
            dropout_rate: 0.0,
            model_seed: 1,
            augment: false,
            validate: false,
        }
    }
}

impl Setup {
    fn network(&self) -> EmbeddingModelConfig {
        EmbeddingModelConfig {
            architecture: ARCHITECTURE,
            embedding_size: Some(self.embedding_size),
            dropout_rate: self.dropout_rate,
        }
    }
}

/// A folder with pictures, brighter for one class than for the other, and a run folder.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    device: Device,
}

/// The CPU device has one stream of random numbers, which tests on other threads would draw from.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static RANDOM_NUMBERS: Mutex<()> = Mutex::new(());
    RANDOM_NUMBERS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

impl Place {
    pub(crate) fn new() -> Self {
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

    fn loader(&self, images: std::ops::Range<usize>, augment: bool) -> Loader {
        let items = images.map(|index| Item {
            path: self.folder.path().join(format!("{index}.png")),
            label: index % CLASSES,
        });
        let transform = if augment {
            Transform::train(32, Normalization::IMAGENET, Augmentation::default())
        } else {
            Transform::eval(32, Normalization::IMAGENET)
        };
        Loader::new(items.collect(), transform.unwrap(), self.device.clone(), 1).unwrap()
    }

    fn model(&self, setup: &Setup) -> EmbeddingModel {
        self.device.seed(setup.model_seed);
        setup.network().init(&self.device).unwrap()
    }

    /// Trains; the history, and the weights at the end.
    pub(crate) fn train(
        &self,
        config: &TrainConfig,
        loss: LossKind,
    ) -> (Vec<EpochRecord>, StateDict) {
        let outcome = self.try_train(config, loss).unwrap();
        (outcome.history, weights(&self.run_folder().last_model()))
    }

    pub(crate) fn run_folder(&self) -> RunFolder {
        RunFolder::new(self.folder.path().join("run"))
    }

    pub(crate) fn try_train(
        &self,
        config: &TrainConfig,
        loss: LossKind,
    ) -> Result<TrainOutcome, TrainError> {
        let setup = Setup {
            loss: LossConfig::new(loss),
            ..Setup::default()
        };
        self.run(&setup, config, false, &mut |_| true)
    }

    /// Trains, from the newest checkpoint on where that is asked for.
    pub(crate) fn run(
        &self,
        setup: &Setup,
        config: &TrainConfig,
        resume: bool,
        on_event: &mut dyn FnMut(TrainEvent<'_>) -> bool,
    ) -> Result<TrainOutcome, TrainError> {
        let loss = setup
            .loss
            .init(setup.embedding_size, CLASSES, &self.device)?;
        self.run_under(loss, setup, config, resume, on_event)
    }

    /// Trains under a loss of the caller's own.
    pub(crate) fn run_under(
        &self,
        loss: impl EmbeddingLoss,
        setup: &Setup,
        config: &TrainConfig,
        resume: bool,
        on_event: &mut dyn FnMut(TrainEvent<'_>) -> bool,
    ) -> Result<TrainOutcome, TrainError> {
        let _alone = alone();
        let folder = self.run_folder().lock()?;
        let model = self.model(setup);
        let found = folder.checkpoints().find()?;
        let checkpoint = found.newest.filter(|_| resume);
        assert_eq!(checkpoint.is_some(), resume);
        let description = ModelDescription::untrained(&setup.network(), 32, Vec::new());
        let trained_on = if setup.validate { 8 } else { IMAGES };
        let data = TrainingData {
            train: self.loader(0..trained_on, setup.augment).into(),
            val: setup
                .validate
                .then(|| self.loader(trained_on..IMAGES, false).into()),
        };
        Trainer::new(config.clone(), description)
            .on_event(on_event)
            .resume(checkpoint.map(|(_, checkpoint)| checkpoint))
            .train(model, loss, data, &folder)
    }

    pub(crate) fn starting_weights(&self) -> StateDict {
        let _alone = alone();
        let path = self.folder.path().join("start.safetensors");
        self.model(&Setup::default())
            .export(&path, ARCHITECTURE)
            .unwrap();
        weights(&path)
    }
}

pub(crate) fn weights(path: &Path) -> StateDict {
    StateDict::from_file(path).unwrap()
}

pub(crate) fn config(freeze: &str) -> TrainConfig {
    TrainConfig {
        num_epochs: 2,
        batch_size: 8,
        batch_plan: BatchPlan::Fixed(Sampler::Shuffle),
        learning_rate: 1e-3,
        weight_decay: 0.0,
        loss_weight_decay: 0.0,
        schedule: Schedule::None,
        early_stopping: None,
        frozen: Some(FrozenStages::parse(freeze, ARCHITECTURE).unwrap()),
        cache_bytes: 1 << 20,
        checkpoint_every: "1 epoch".parse().unwrap(),
        seed: 3,
        ..TrainConfig::default()
    }
}
