//! The model that the command line means, with the settings that hold for it.

use std::path::Path;

use anyhow::Result;
use pets::eval::Embeddings;
use pets::trainer::RunFolder;
use pets::{Device, EvaluatedModel, Model, Observer, PreparedDataset, Representation};

use crate::config::{Config, Origin, ResolvedSettings, Settings};
use crate::prepared_dataset::{prepare_dataset_for, settle_few_shot};

/// A model and its settings.
pub(crate) struct ChosenModel {
    pub(crate) settings: ResolvedSettings,
    pub(crate) model: Model,
}

/// A model that was shown test images, and its settings.
pub(crate) struct ChosenEvaluation {
    pub(crate) settings: ResolvedSettings,
    pub(crate) evaluated: EvaluatedModel,
}

impl ChosenModel {
    /// Opens the model in `load_model`, a file or a run's folder, or else the best model of the output folder; or builds
    /// the backbone as it was before training, where its features are asked for and no model is named.
    pub(crate) fn open(
        given: &Settings,
        load_model: Option<&Path>,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let plain = given.before_opening();
        let device = pets::device(&plain.device)?;
        let wants_features = plain.evaluation.representation == Representation::Features;
        if load_model.is_none() && wants_features {
            let settings = given.resolve()?;
            let model = untrained(&settings.config, &device, observer)?;
            return Ok(Self { settings, model });
        }
        let best = || RunFolder::new(&plain.output_dir).best_model();
        let model = Model::open_on(load_model.map_or_else(best, Path::to_owned), &device)?;
        let file = model.file().map(Path::to_owned).unwrap_or_default();
        let mut settings = match model.description() {
            Some(description) => given.resolve_over_model(&description.config, &file)?,
            None => given.resolve()?,
        };
        adopt(&mut settings, &model, &file);
        // What is found of a run belongs into its folder, not into that of another.
        if let Some(run) = load_model.filter(|path| path.is_dir())
            && !settings.layers.is_given("output_dir")
        {
            run.clone_into(&mut settings.config.output_dir);
        }
        let model = if model.description().is_none() {
            model.with_img_size(settings.config.data.img_size as u32)?
        } else {
            model
        };
        let shows_features = settings.config.evaluation.representation == Representation::Features;
        let model = if shows_features {
            model.features()
        } else {
            model
        };
        Ok(Self {
            model: model.with_workers(settings.config.workers()),
            settings,
        })
    }

    /// The dataset that the settings name.
    pub(crate) fn dataset(&mut self, observer: &dyn Observer) -> Result<PreparedDataset> {
        prepare_dataset_for(&self.model, &mut self.settings, observer)
    }

    /// The embeddings of a dataset's test images.
    pub(crate) fn embed_test_images(
        &self,
        data: &PreparedDataset,
        observer: &dyn Observer,
    ) -> Result<Embeddings> {
        let name = "embedding test images";
        let test = &data.split.test;
        Ok(self
            .model
            .embed_samples(&data.dataset, test, name, observer)?)
    }

    /// Shows the model the test images of its dataset, and evaluates it.
    pub(crate) fn evaluate(mut self, observer: &dyn Observer) -> Result<ChosenEvaluation> {
        let data = self.dataset(observer)?;
        self.evaluate_on(data, observer)
    }

    /// As [`evaluate`](Self::evaluate), on a dataset that is open.
    pub(crate) fn evaluate_on(
        mut self,
        data: PreparedDataset,
        observer: &dyn Observer,
    ) -> Result<ChosenEvaluation> {
        settle_few_shot(&mut self.settings, &data)?;
        let evaluation = self.settings.config.evaluation_config();
        Ok(ChosenEvaluation {
            evaluated: EvaluatedModel::evaluate(self.model, data, &evaluation, observer)?,
            settings: self.settings,
        })
    }

    /// The folder that results go to.
    pub(crate) fn folder(&self) -> RunFolder {
        RunFolder::new(&self.settings.config.output_dir)
    }
}

impl ChosenEvaluation {
    /// Adds the metrics of the untrained backbone, where the settings ask for them.
    pub(crate) fn with_baseline(mut self, observer: &dyn Observer) -> Result<Self> {
        let config = &self.settings.config;
        if config.evaluation.baseline {
            let untrained = untrained(config, self.evaluated.model.device(), observer)?;
            let evaluation = config.evaluation_config();
            self.evaluated
                .add_baseline(&untrained, &evaluation, observer)?;
        }
        Ok(self)
    }
}

/// The features of the backbone as it is before training.
fn untrained(config: &Config, device: &Device, observer: &dyn Observer) -> Result<Model> {
    let start = config.starting_model_config();
    let network = start.init(device, observer)?;
    let img_size = config.data.img_size as u32;
    let model = Model::new(network, &start.model, img_size, device)?;
    Ok(model.features().with_workers(config.workers()))
}

/// What the model is settles what it is fed, whatever the flags say.
fn adopt(settings: &mut ResolvedSettings, model: &Model, file: &Path) {
    let embedding_size = model.network().head.as_ref().map_or(0, |_| model.dim());
    let origin = Origin::Model(file.to_owned());
    settings.settle(
        [
            ("model.backbone", model.architecture().name().into()),
            ("model.embedding_size", (embedding_size as i64).into()),
        ],
        &origin,
    );
    if model.description().is_some() {
        let img_size = i64::from(model.img_size());
        settings.settle([("data.img_size", img_size.into())], &origin);
    }
}
