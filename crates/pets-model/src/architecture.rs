//! The registry of backbones: everything that depends on which one it is stands here.

use std::fmt;
use std::str::FromStr;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::backbone::Backbone;
use crate::efficientnet_lite::{self, EfficientnetLite};
use crate::error::ModelError;
use crate::resnet::{self, Resnet, ResnetSpec};

/// A backbone by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// ResNet-18: 11.2 M parameters, 512 features.
    Resnet18,
    /// ResNet-34: 21.3 M parameters, 512 features.
    Resnet34,
    /// ResNet-50: 23.5 M parameters, 2048 features.
    Resnet50,
    /// EfficientNet-Lite0: 3.4 M parameters, 1280 features; its ImageNet weights are bundled.
    EfficientnetLite0,
}

/// The pixel normalisation that a backbone's pretrained weights expect: `(pixel / 255 - mean) / std`
/// for each of red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InputNormalization {
    /// Mean of each channel, for pixels in 0 to 1.
    pub mean: [f32; 3],
    /// Standard deviation of each channel, for pixels in 0 to 1.
    pub std: [f32; 3],
}

const IMAGENET: InputNormalization = InputNormalization {
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
};
const CENTERED: InputNormalization = InputNormalization {
    mean: [127.0 / 255.0; 3],
    std: [128.0 / 255.0; 3],
};

impl Architecture {
    /// Every backbone, in the order shown to users.
    pub const ALL: [Self; 4] = [
        Self::Resnet18,
        Self::Resnet34,
        Self::Resnet50,
        Self::EfficientnetLite0,
    ];

    /// The name used in flags, configuration and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resnet18 => "resnet18",
            Self::Resnet34 => "resnet34",
            Self::Resnet50 => "resnet50",
            Self::EfficientnetLite0 => "efficientnet_lite0",
        }
    }

    /// Length of the feature vector after global average pooling.
    pub const fn feature_dim(self) -> usize {
        match self.resnet_spec() {
            Some(spec) => spec.feature_dim(),
            None => efficientnet_lite::FEATURE_DIM,
        }
    }

    /// Names of the stages in the order in which an image passes them.
    pub const fn stages(self) -> &'static [&'static str] {
        match self {
            Self::Resnet18 | Self::Resnet34 | Self::Resnet50 => resnet::STAGES,
            Self::EfficientnetLite0 => efficientnet_lite::STAGES,
        }
    }

    /// The normalisation of pixels that the pretrained weights expect.
    pub const fn normalization(self) -> InputNormalization {
        match self {
            Self::Resnet18 | Self::Resnet34 | Self::Resnet50 => IMAGENET,
            Self::EfficientnetLite0 => CENTERED,
        }
    }

    /// A freshly initialised backbone on `device`.
    pub fn init(self, device: &Device) -> Backbone {
        match self.resnet_spec() {
            Some(spec) => Backbone::Resnet(Resnet::new(spec, device)),
            None => Backbone::EfficientnetLite(EfficientnetLite::new(device)),
        }
    }

    /// Our name of the backbone's tensor that PyTorch calls `name`.
    pub(crate) fn tensor_name_from_torch(self, name: &str) -> String {
        match self {
            Self::Resnet18 | Self::Resnet34 | Self::Resnet50 => resnet::from_torch_name(name),
            Self::EfficientnetLite0 => efficientnet_lite::from_torch_name(name),
        }
    }

    /// PyTorch's name of the backbone's tensor that we call `name`.
    pub(crate) fn tensor_name_to_torch(self, name: &str) -> String {
        match self {
            Self::Resnet18 | Self::Resnet34 | Self::Resnet50 => resnet::to_torch_name(name),
            Self::EfficientnetLite0 => efficientnet_lite::to_torch_name(name),
        }
    }

    const fn resnet_spec(self) -> Option<ResnetSpec> {
        match self {
            Self::Resnet18 => Some(ResnetSpec {
                blocks: [2, 2, 2, 2],
                bottleneck: false,
            }),
            Self::Resnet34 => Some(ResnetSpec {
                blocks: [3, 4, 6, 3],
                bottleneck: false,
            }),
            Self::Resnet50 => Some(ResnetSpec {
                blocks: [3, 4, 6, 3],
                bottleneck: true,
            }),
            Self::EfficientnetLite0 => None,
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Architecture {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Self, ModelError> {
        Self::ALL
            .into_iter()
            .find(|architecture| architecture.name() == name)
            .ok_or_else(|| ModelError::UnknownArchitecture(name.to_owned()))
    }
}
