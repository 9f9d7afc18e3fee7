//! What tells one backbone from another, in one record.

use std::fmt;

/// The pixel normalisation that a backbone's pretrained weights expect: `(pixel / 255 - mean) / std`
/// for each of red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InputNormalization {
    /// Mean of each channel, for pixels in 0 to 1.
    pub mean: [f32; 3],
    /// Standard deviation of each channel, for pixels in 0 to 1.
    pub std: [f32; 3],
}

impl InputNormalization {
    /// The mean and standard deviation of ImageNet, as torchvision uses them.
    pub const IMAGENET: Self = Self {
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
    };
}

/// Pretrained weights of a backbone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PretrainedWeights {
    /// Their name, after torchvision: `imagenet1k_v1`, …
    pub name: &'static str,
    /// Where they are.
    pub source: WeightsSource,
}

/// Where pretrained weights are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightsSource {
    /// In this library.
    Bundled(BundledWeights),
    /// In a file that PyTorch publishes; the digits before its extension begin its SHA-256.
    Published {
        /// Name of the file, such as `resnet18-f37072fd.pth`.
        file: &'static str,
    },
}

/// A safetensors file inside this library, unless that was built without the feature `bundled-weights`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BundledWeights {
    /// The file's bytes; `None` where it was left out.
    pub(crate) file: Option<&'static [u8]>,
}

impl BundledWeights {
    /// Whether the library was built with them.
    pub const fn is_present(self) -> bool {
        self.file.is_some()
    }
}

impl fmt::Debug for BundledWeights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BundledWeights")
            .field("bytes", &self.file.map(<[u8]>::len))
            .finish()
    }
}

impl WeightsSource {
    /// The digits that begin the SHA-256 of a published file.
    pub fn sha256_prefix(self) -> Option<&'static str> {
        let Self::Published { file } = self else {
            return None;
        };
        let (stem, _) = file.rsplit_once('.')?;
        Some(stem.rsplit_once('-')?.1)
    }
}

/// A backbone, as it stands in the registry.
pub(crate) struct BackboneDescription {
    /// The name used in flags, configuration and files.
    pub(crate) name: &'static str,
    /// Length of the feature vector after global average pooling.
    pub(crate) feature_dim: usize,
    /// What the pretrained weights expect of pixels.
    pub(crate) normalization: InputNormalization,
    /// Pretrained weights, the preferred ones first.
    pub(crate) pretrained: &'static [PretrainedWeights],
    /// Memory of a step of training for each image and pixel, in bytes, with the first 0, 1, … stages frozen: the growth
    /// of a process's highest memory with the batch, measured on the CPU. Where few stages of a ResNet are trained, the
    /// weights' share hides it, and the number is an estimate from its neighbours.
    pub(crate) training_bytes: &'static [u32],
    /// What PyTorch calls the layer behind the pooling.
    pub(crate) classifier: &'static str,
    /// Our name of a tensor that PyTorch calls so.
    pub(crate) from_torch_name: fn(&str) -> String,
    /// PyTorch's name of a tensor that we call so.
    pub(crate) to_torch_name: fn(&str) -> String,
}
