//! Training a model on a dataset.

use burn::tensor::Device;
use pets_data::{Augmentation, Transform};
use pets_losses::{LossConfig, MetricLoss};
use pets_model::{Architecture, EmbeddingModel, EmbeddingModelConfig, ModelDescription};
use pets_train::{
    Checkpoint, LockedRunFolder, TrainConfig, TrainEvent, TrainOutcome, Trainer, TrainingData,
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

/// A run that is ready to begin: everything that can be known to be wrong has been found.
pub struct Training {
    trainer: Trainer<'static>,
    model: EmbeddingModel,
    loss: MetricLoss,
    data: TrainingData,
}

impl Training {
    /// Makes model, loss and loaders. With a checkpoint the run goes on from there. `observer` is told which weights the
    /// model starts from.
    ///
    /// # Errors
    ///
    /// Errors of the weights that the model starts from, [`Error::Model`], [`Error::Loss`] and [`Error::Train`] for numbers
    /// out of range.
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
        let classes = data.train_class_names();
        let dim = config.start.model.embedding_dim();
        let loss = config.loss.init(dim, classes.len(), device)?;
        let description = ModelDescription {
            config: config.settings.clone(),
            ..ModelDescription::untrained(&config.start.model, config.img_size as usize, classes)
        };
        Ok(Self {
            trainer: Trainer::new(config.train.clone(), description).resume(checkpoint),
            model,
            loss,
            data: config.training_data(data, device)?,
        })
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
