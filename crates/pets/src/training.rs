//! Training a model on a dataset.

use burn::module::Module;
use burn::tensor::Device;
use pets_data::{Augmentation, Fingerprint, Transform};
use pets_losses::{LossConfig, MetricLoss};
use pets_model::{
    Architecture, EmbeddingModel, EmbeddingModelConfig, FrozenStages, ModelDescription,
};
use pets_train::{
    Checkpoint, LockedRunFolder, RunOrigin, TrainConfig, TrainEvent, TrainOutcome, Trainer,
    TrainingData,
};

use crate::dataset::PreparedDataset;
use crate::error::Error;
use crate::model::{DEFAULT_IMG_SIZE, StartingModelConfig, normalization_of};
use crate::observer::Observer;

/// What a run trains, and how.
#[derive(Debug, Clone)]
pub struct TrainingConfig {
    /// The model that it starts from.
    pub start: StartingModelConfig,
    /// The loss.
    pub loss: LossConfig,
    /// The course of training.
    pub train: TrainConfig,
    /// Side of the pictures that the model is shown, in pixels.
    pub img_size: u32,
    /// How the pictures that are trained on are varied.
    pub augmentation: Augmentation,
    /// The settings of the run as TOML, which its model files carry.
    pub settings: String,
}

/// Memory of the program itself.
const PROGRAM_BYTES: u64 = 75 << 20;
/// Memory for each weight in a step of training: weight, gradient, two moments, and what is on its way between them.
const STEP_BYTES: u64 = 28;
/// Memory for each weight while a checkpoint is made.
const CHECKPOINT_BYTES: u64 = 40;

/// A run that is ready to begin: everything that can be known to be wrong has been found.
pub struct Training {
    trainer: Trainer<'static>,
    model: EmbeddingModel,
    loss: MetricLoss,
    data: TrainingData,
    memory: u64,
}

impl Training {
    /// Makes model, loss and loaders. With a checkpoint the run goes on from there. `observer` is told which weights the
    /// model starts from.
    ///
    /// # Errors
    ///
    /// Errors of the weights that the model starts from, [`Error::Model`], [`Error::Loss`] and [`Error::Train`] for numbers
    /// out of range, [`Error::OtherPictures`] where the pictures are not those that the run began with.
    pub fn prepare(
        config: &TrainingConfig,
        data: &PreparedDataset,
        device: &Device,
        checkpoint: Option<Checkpoint>,
        observer: &dyn Observer,
    ) -> Result<Self, Error> {
        config.train.validate()?;
        let model = match &checkpoint {
            Some(_) => config.start.random(device)?,
            None => config.start.init(device, observer)?,
        };
        let pictures = data.fingerprint_of_training(observer)?;
        if let Some(origin) = checkpoint.as_ref().and_then(Checkpoint::origin) {
            check_pictures(&origin.pictures, &pictures)?;
        }
        let origin = origin(config, &pictures);
        let classes = data.train_class_names();
        let dim = config.start.model.embedding_dim();
        let loss = config.loss.init(dim, classes.len(), device)?;
        let description = ModelDescription {
            config: config.settings.clone(),
            ..ModelDescription::untrained(&config.start.model, config.img_size as usize, classes)
        };
        Ok(Self {
            memory: config.memory(model.num_params(), data.split.train.len())?,
            trainer: Trainer::new(config.train.clone(), description)
                .begun_with(origin)
                .resume(checkpoint),
            model,
            loss,
            data: config.training_data(data, device)?,
        })
    }

    /// About how much memory training takes on the CPU, in bytes, beside what is kept of frozen stages' output.
    pub const fn memory(&self) -> u64 {
        self.memory
    }

    /// Trains, and writes best and last model, checkpoints and the history into a run's folder. Where `on_event` answers
    /// `false`, training ends with a checkpoint.
    ///
    /// # Errors
    ///
    /// As [`Trainer::train`].
    pub fn run(
        self,
        folder: &LockedRunFolder,
        on_event: impl FnMut(TrainEvent<'_>) -> bool,
    ) -> Result<TrainOutcome, Error> {
        let trainer = self.trainer.on_event(on_event);
        Ok(trainer.train(self.model, self.loss, self.data, folder)?)
    }
}

/// What a run begins with, for its checkpoints.
fn origin(config: &TrainingConfig, pictures: &Fingerprint) -> RunOrigin {
    let pictures = serde_json::to_string(pictures);
    RunOrigin {
        settings: config.settings.clone(),
        pictures: pictures.expect("texts and numbers have a JSON form"),
    }
}

/// Compares the pictures that a run began with, as its checkpoint tells them, with those that are there now.
fn check_pictures(before: &str, now: &Fingerprint) -> Result<(), Error> {
    let difference = match serde_json::from_str::<Fingerprint>(before) {
        Ok(before) => before.difference(now),
        Err(_) => Some("the checkpoint does not tell them".to_owned()),
    };
    difference.map_or(Ok(()), |difference| {
        Err(Error::OtherPictures { difference })
    })
}

impl TrainingConfig {
    /// The defaults: pretrained weights, the default loss, an embedding of 256 values, pictures of 224 pixels.
    pub fn new(architecture: Architecture) -> Self {
        Self {
            start: StartingModelConfig::new(EmbeddingModelConfig {
                architecture,
                embedding_size: Some(256),
                dropout_rate: 0.2,
            }),
            loss: LossConfig::default(),
            train: TrainConfig::default(),
            img_size: DEFAULT_IMG_SIZE,
            augmentation: Augmentation::default(),
            settings: String::new(),
        }
    }

    /// What a step takes for its images, and what the weights take with their gradients and the optimizer's moments, or
    /// while a checkpoint is made of them.
    fn memory(&self, params: usize, images: usize) -> Result<u64, Error> {
        let architecture = self.start.model.architecture;
        let frozen = match self.train.frozen {
            Some(frozen) => frozen,
            None => FrozenStages::parse("none", architecture)?,
        };
        let of_image = architecture.training_bytes(frozen.count(), self.img_size);
        let batch = self.train.batch_size.min(images) as u64;
        let params = params as u64;
        let of_step = STEP_BYTES * params + of_image * batch;
        Ok(PROGRAM_BYTES + of_step.max(CHECKPOINT_BYTES * params))
    }

    fn training_data(
        &self,
        data: &PreparedDataset,
        device: &Device,
    ) -> Result<TrainingData, Error> {
        let normalization = normalization_of(self.start.model.architecture);
        let augmented = Transform::train(self.img_size, normalization, self.augmentation)?;
        let plain = Transform::eval(self.img_size, normalization)?;
        let (dataset, split) = (&data.dataset, &data.split);
        Ok(TrainingData {
            train: data
                .loader(split.train_items(dataset), augmented, device)?
                .into(),
            val: (!split.val.is_empty())
                .then(|| data.loader(split.val_items(dataset), plain, device))
                .transpose()?
                .map(Into::into),
        })
    }
}
