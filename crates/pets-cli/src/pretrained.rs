//! The weights that a backbone starts from: found in a file, in the program, in the cache, or on the network.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pets_fetch::{Checksum, RemoteFile};
use pets_model::{Architecture, PretrainedWeights, StateDict, WeightsSource};

use crate::config::Config;
use crate::fetching::fetch;
use crate::interrupt::Interrupted;
use crate::weights_cache::weights_cache;

/// Weights that PyTorch publishes, and where they are kept here.
pub(crate) struct PublishedWeights {
    pub(crate) file: &'static str,
    pub(crate) remote: RemoteFile,
    pub(crate) cached: PathBuf,
}

impl PublishedWeights {
    /// The file behind `weights`; none for weights that are in the program.
    pub(crate) fn of(weights: PretrainedWeights, base_url: &str) -> Result<Option<Self>> {
        let WeightsSource::Published { file } = weights.source else {
            return Ok(None);
        };
        let digits = weights
            .source
            .sha256_prefix()
            .with_context(|| format!("the name {file} has no checksum"))?;
        Ok(Some(Self {
            file,
            remote: RemoteFile {
                url: format!("{}/{file}", base_url.trim_end_matches('/')),
                checksum: Checksum::Sha256Prefix(digits.to_owned()),
            },
            cached: weights_cache()?.join(file),
        }))
    }

    /// Fetches the file into the cache, unless it is there.
    pub(crate) fn fetch(&self) -> Result<()> {
        fetch(&self.remote, &self.cached)
    }
}

/// The weights that `config` asks for; none where training starts from random ones.
pub(crate) fn backbone_weights(
    config: &Config,
    architecture: Architecture,
) -> Result<Option<StateDict>> {
    let known = architecture.pretrained();
    let chosen = match &config.model.weights {
        Some(text) => match known.iter().find(|weights| Path::new(weights.name) == text) {
            Some(weights) => weights,
            None => return Ok(Some(StateDict::from_file(text)?)),
        },
        None if config.model.pretrained => match known.first() {
            Some(weights) => weights,
            None => return Ok(None),
        },
        None => return Ok(None),
    };
    load(*chosen, architecture, &config.model.weights_url).map(Some)
}

fn load(weights: PretrainedWeights, architecture: Architecture, url: &str) -> Result<StateDict> {
    if let WeightsSource::Bundled(bundled) = weights.source {
        let name = format!("the bundled {architecture} {}", weights.name);
        let bytes = bundled.bytes().with_context(|| {
            format!(
                "cannot get {name}. Ways on:\n  \
                 --weights FILE    other weights: safetensors or .pth\n  \
                 --no-pretrained   start from random weights\n  \
                 a build with      --features bundled-weights"
            )
        })?;
        return Ok(StateDict::from_bytes(bytes, &name)?);
    }
    let published = PublishedWeights::of(weights, url)?
        .context("weights are in the program or in a published file")?;
    if !published.cached.exists() {
        published.fetch().map_err(|error| {
            if error.is::<Interrupted>() {
                error
            } else {
                error.context(ways_on(&published, architecture))
            }
        })?;
    }
    Ok(StateDict::from_file(&published.cached)?)
}

fn ways_on(published: &PublishedWeights, architecture: Architecture) -> String {
    format!(
        "cannot get the pretrained weights of {architecture}. Ways on:\n  \
         by hand                         put {}\n                                  as {}\n  \
         --weights FILE                  other weights: safetensors or .pth with torchvision's names\n  \
         --weights-url URL               a mirror that has {}\n  \
         --no-pretrained                 start from random weights\n  \
         --backbone efficientnet_lite0   whose weights are in the program",
        published.remote.url,
        published.cached.display(),
        published.file,
    )
}
