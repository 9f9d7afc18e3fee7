//! The weights that a backbone starts from: found in a file, in the program, in the cache, or on the network.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use pets_fetch::{Checksum, FetchError, Patience, RemoteFile};
use pets_model::{
    Architecture, Completeness, EmbeddingModel, EmbeddingModelConfig, PretrainedWeights, StateDict,
    WeightsSource,
};

use super::weights_cache::weights_cache;
use crate::dataset::fetching::fetch;
use crate::error::Error;
use crate::observer::{Note, Observer};

/// The most bytes that a file of published weights may have: 512 MiB, five times those of a ResNet-50.
const MAX_BYTES: u64 = 512 << 20;

/// Weights that PyTorch publishes, and where they are kept here.
#[derive(Debug, Clone)]
pub struct PublishedWeights {
    /// Name of the file.
    pub file: &'static str,
    /// Where it is published, and what tells that it is whole.
    pub remote: RemoteFile,
    /// Where it is kept.
    pub cached: PathBuf,
}

impl PublishedWeights {
    /// The file behind `weights`, under `base_url`; none for weights that are in the program.
    ///
    /// # Errors
    ///
    /// [`Error::NoCacheFolder`] where the platform has none.
    pub fn of(weights: PretrainedWeights, base_url: &str) -> Result<Option<Self>, Error> {
        let (WeightsSource::Published { file }, Some(digits)) =
            (weights.source, weights.source.sha256_prefix())
        else {
            return Ok(None);
        };
        Ok(Some(Self {
            file,
            remote: RemoteFile {
                url: format!("{}/{file}", base_url.trim_end_matches('/')),
                checksum: Checksum::Sha256Prefix(digits.to_owned()),
                max_bytes: MAX_BYTES,
            },
            cached: weights_cache()?.join(file),
        }))
    }

    /// Fetches the file into the cache, unless it is there.
    ///
    /// # Errors
    ///
    /// [`Error::Fetch`] where it cannot be had, [`Error::Interrupted`] where the observer says so.
    pub fn fetch(&self, patience: Patience, observer: &dyn Observer) -> Result<(), Error> {
        Ok(fetch(&self.remote, &self.cached, patience, observer)?)
    }
}

/// What a backbone starts from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum StartingWeights {
    /// Random numbers.
    Random,
    /// The preferred pretrained weights of the backbone, if it has any.
    #[default]
    Pretrained,
    /// Pretrained weights of this name, or else a file.
    Named(PathBuf),
}

/// What a model is made of before it is trained.
#[derive(Debug, Clone, PartialEq)]
pub struct StartingModelConfig {
    /// The model.
    pub model: EmbeddingModelConfig,
    /// The backbone's weights.
    pub weights: StartingWeights,
    /// Where published weights are fetched from.
    pub weights_url: String,
    /// How long to put up with the network.
    pub patience: Patience,
    /// Whether the weights may lack tensors of the backbone.
    pub completeness: Completeness,
    /// Seed of what is random.
    pub seed: u64,
}

/// Where PyTorch publishes its weights.
const PYTORCH_WEIGHTS_URL: &str = "https://download.pytorch.org/models";

impl StartingModelConfig {
    /// A model that starts from the preferred pretrained weights of its backbone.
    pub fn new(model: EmbeddingModelConfig) -> Self {
        Self {
            model,
            weights: StartingWeights::default(),
            weights_url: PYTORCH_WEIGHTS_URL.to_owned(),
            patience: Patience::default(),
            completeness: Completeness::Complete,
            seed: 42,
        }
    }

    /// The model with random weights.
    ///
    /// # Errors
    ///
    /// [`Error::Model`] for sizes that a model cannot have.
    pub fn random(&self, device: &Device) -> Result<EmbeddingModel, Error> {
        device.seed(self.seed);
        Ok(self.model.init(device)?)
    }

    /// The model with the weights that it starts from.
    ///
    /// # Errors
    ///
    /// [`Error::PretrainedWeights`] where weights cannot be fetched, [`Error::Model`] where a file does not fit the
    /// backbone.
    pub fn init(&self, device: &Device, observer: &dyn Observer) -> Result<EmbeddingModel, Error> {
        let architecture = self.model.architecture;
        let model = self.random(device)?;
        let Some(weights) = self.state_dict(observer)? else {
            return Ok(model);
        };
        let source = weights.source_name.clone();
        let (model, report) = model.load_backbone(architecture, weights, self.completeness)?;
        observer.noted(&Note::WeightsLoaded {
            source: &source,
            report: &report,
        });
        Ok(model)
    }

    /// The backbone's weights; none where it starts from random ones.
    fn state_dict(&self, observer: &dyn Observer) -> Result<Option<StateDict>, Error> {
        let architecture = self.model.architecture;
        let known = architecture.pretrained();
        let chosen = match &self.weights {
            StartingWeights::Random => None,
            StartingWeights::Pretrained => known.first(),
            StartingWeights::Named(name) => {
                let found = known.iter().find(|weights| Path::new(weights.name) == name);
                if found.is_none() {
                    return Ok(Some(StateDict::from_file(name)?));
                }
                found
            }
        };
        chosen
            .map(|weights| {
                load(
                    *weights,
                    architecture,
                    &self.weights_url,
                    self.patience,
                    observer,
                )
            })
            .transpose()
    }
}

pub(super) fn load(
    weights: PretrainedWeights,
    architecture: Architecture,
    url: &str,
    patience: Patience,
    observer: &dyn Observer,
) -> Result<StateDict, Error> {
    if let WeightsSource::Bundled(bundled) = weights.source {
        let name = format!("the bundled {architecture} {}", weights.name);
        return Ok(StateDict::from_bytes(bundled.bytes()?, &name)?);
    }
    let published =
        PublishedWeights::of(weights, url)?.ok_or(Error::NotBundled { architecture })?;
    if !published.cached.exists() {
        fetch(&published.remote, &published.cached, patience, observer).map_err(
            |error| match error {
                FetchError::Interrupted => Error::Interrupted,
                source => Error::PretrainedWeights {
                    architecture,
                    url: published.remote.url.clone(),
                    cached: published.cached.clone(),
                    source: Box::new(source),
                },
            },
        )?;
    }
    Ok(StateDict::from_file(&published.cached)?)
}
