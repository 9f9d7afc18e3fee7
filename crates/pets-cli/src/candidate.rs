//! A model to be judged or used, with the data that its configuration names.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use pets_model::{EmbeddingModel, OpenedModel};
use pets_train::{Representation, RunFolder};
use toml::Value;

use crate::config::{Config, Layers, ResolvedSettings, Settings, effective_toml, find};
use crate::embedder::Embedder;
use crate::materials::Materials;
use crate::starting_model::starting_model;

/// A model with its configuration and data.
pub(crate) struct Candidate {
    pub(crate) config: Config,
    pub(crate) materials: Materials,
    pub(crate) model: EmbeddingModel,
    /// Absent for a backbone as it was before training.
    pub(crate) file: Option<PathBuf>,
    /// Epochs trained, where the file says it.
    pub(crate) epoch: Option<usize>,
    /// The settings in force, as TOML.
    pub(crate) settings: String,
    /// Where they came from.
    pub(crate) layers: Layers,
}

impl Candidate {
    /// Opens the model that the command line means.
    pub(crate) fn open(settings: &Settings, load_model: Option<&Path>) -> Result<Self> {
        let plain = settings.before_opening();
        let shows_features = plain.evaluation.representation == Representation::Features;
        if load_model.is_none() && shows_features {
            let ResolvedSettings { mut config, layers } = settings.resolve()?;
            let materials = Materials::open(&mut config, &layers)?;
            return Ok(Self {
                model: starting_model(&config, &materials.device)?,
                config,
                materials,
                file: None,
                epoch: None,
                settings: effective_toml(&layers),
                layers,
            });
        }
        let file = load_model.map_or_else(
            || RunFolder::new(&plain.output_dir).best_model(),
            Path::to_owned,
        );
        if !file.exists() {
            bail!(
                "there is no model in {}; train one with `pets train`, or name a file with --load-model",
                file.display()
            );
        }
        let device = crate::device::resolve(&plain.device)?;
        let opened = EmbeddingModel::open(&file, &device)?;
        let ResolvedSettings { mut config, layers } = match &opened.description {
            Some(description) => settings.resolve_over_model(&description.config, &file)?,
            None => settings.resolve()?,
        };
        config
            .adopt(&opened)
            .with_context(|| format!("cannot use the model in {}", file.display()))?;
        Ok(Self {
            materials: Materials::open(&mut config, &layers)?,
            config,
            model: opened.model,
            file: Some(file),
            epoch: opened.description.map(|description| description.epoch),
            settings: effective_toml(&layers),
            layers,
        })
    }

    /// What shows the model pictures and takes what the configuration wants of them.
    pub(crate) fn embedder(&self) -> Embedder<'_> {
        Embedder {
            config: &self.config,
            materials: &self.materials,
            model: &self.model,
            representation: self.config.evaluation.representation,
        }
    }
}

impl Config {
    /// What the model is settles what it is fed, whatever the flags say.
    fn adopt(&mut self, opened: &OpenedModel) -> Result<()> {
        self.model.backbone = opened.config.architecture;
        self.model.embedding_size = opened.config.embedding_size.unwrap_or(0);
        if let Some(description) = &opened.description {
            let key = find("data.img_size").expect("it is a key of the configuration");
            let value = Value::Integer(description.img_size as i64);
            if key.kind.check(value).is_none() {
                bail!(
                    "its image size is {}; allowed is {}",
                    description.img_size,
                    key.kind
                );
            }
            self.data.img_size = description.img_size;
        }
        Ok(())
    }
}
