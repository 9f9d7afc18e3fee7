//! What can be asked of a backbone by its name.

use std::fmt;
use std::str::FromStr;

use crate::backbones::description::{InputNormalization, PretrainedWeights};
use crate::backbones::registry::Architecture;
use crate::error::ModelError;

impl Architecture {
    /// The name used in flags, configuration and files.
    pub const fn name(self) -> &'static str {
        self.description().name
    }

    /// Length of the feature vector after global average pooling.
    pub const fn feature_dim(self) -> usize {
        self.description().feature_dim
    }

    /// The normalisation of pixels that the pretrained weights expect.
    pub const fn normalization(self) -> InputNormalization {
        self.description().normalization
    }

    /// About how much memory a step of training takes for each image, in bytes, when the model is shown pictures of
    /// `img_size` pixels each way and its first `frozen` stages are not trained; measured on the CPU.
    ///
    /// ```
    /// use pets_model::Architecture;
    ///
    /// let all = Architecture::Resnet18.training_bytes(0, 224);
    /// assert!((10 << 20..30 << 20).contains(&all));
    /// assert!(Architecture::Resnet18.training_bytes(3, 224) < all / 2);
    /// ```
    pub fn training_bytes(self, frozen: usize, img_size: u32) -> u64 {
        let table = self.description().training_bytes;
        let bytes = table.get(frozen).or(table.last()).copied();
        u64::from(bytes.unwrap_or_default()) * u64::from(img_size).pow(2)
    }

    /// The pretrained weights that there are, the preferred ones first.
    pub const fn pretrained(self) -> &'static [PretrainedWeights] {
        self.description().pretrained
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Architecture> for &'static str {
    fn from(architecture: Architecture) -> Self {
        architecture.name()
    }
}

impl TryFrom<String> for Architecture {
    type Error = ModelError;

    fn try_from(name: String) -> Result<Self, ModelError> {
        name.parse()
    }
}

impl FromStr for Architecture {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Self, ModelError> {
        Self::ALL
            .iter()
            .copied()
            .find(|architecture| architecture.name() == name)
            .ok_or_else(|| ModelError::UnknownArchitecture(name.to_owned()))
    }
}
