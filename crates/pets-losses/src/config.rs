use std::fmt;
use std::str::FromStr;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::{
    ArcFaceLoss, ContrastiveLoss, Distance, LossError, MetricLoss, Mining, TripletLoss, names,
};

/// The description of a loss, as a configuration file has it.
///
/// In serde's formats `type` names the loss; a parameter left out has its default, and one of another loss is an
/// error. [`LossConfig::init`] checks the numbers.
///
/// ```
/// use pets_losses::{Distance, LossConfig, Mining};
///
/// let config: LossConfig = toml::from_str(r#"type = "triplet"
/// mining = "batch_all""#)?;
/// let expected = LossConfig::Triplet {
///     margin: 0.3,
///     mining: Mining::BatchAll,
///     distance: Distance::Euclidean,
/// };
/// assert_eq!(config, expected);
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum LossConfig {
    /// Describes a [`TripletLoss`].
    Triplet {
        /// By how much a negative shall be farther than a positive, at least 0. Default 0.3.
        #[serde(default = "default_margin")]
        margin: f64,
        /// Which triplets of a batch count. Default `batch_hard`.
        #[serde(default)]
        mining: Mining,
        /// The distance between embeddings. Default `euclidean`.
        #[serde(default)]
        distance: Distance,
    },
    /// Describes a [`ContrastiveLoss`].
    Contrastive {
        /// How far apart negatives shall be, at least 0. Default 0.3.
        #[serde(default = "default_margin")]
        margin: f64,
    },
    /// Describes an [`ArcFaceLoss`].
    ArcFace {
        /// The factor of the cosines, above 0. Default 30.
        #[serde(default = "default_scale")]
        scale: f64,
        /// The angle added to that of the own class, in radians, from 0 to below π. Default 0.5.
        #[serde(default = "default_angular_margin")]
        angular_margin: f64,
    },
}

fn default_margin() -> f64 {
    0.3
}

fn default_scale() -> f64 {
    30.0
}

fn default_angular_margin() -> f64 {
    0.5
}

impl LossConfig {
    /// A loss of this kind with its default parameters.
    pub fn new(kind: LossKind) -> Self {
        match kind {
            LossKind::Triplet => Self::Triplet {
                margin: default_margin(),
                mining: Mining::default(),
                distance: Distance::default(),
            },
            LossKind::Contrastive => Self::Contrastive {
                margin: default_margin(),
            },
            LossKind::ArcFace => Self::ArcFace {
                scale: default_scale(),
                angular_margin: default_angular_margin(),
            },
        }
    }

    /// Which loss this describes.
    pub fn kind(&self) -> LossKind {
        match self {
            Self::Triplet { .. } => LossKind::Triplet,
            Self::Contrastive { .. } => LossKind::Contrastive,
            Self::ArcFace { .. } => LossKind::ArcFace,
        }
    }

    /// Checks the numbers, for a program that wants to know before it has a device.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] for a number the loss is not defined for.
    pub fn validate(&self) -> Result<(), LossError> {
        match *self {
            Self::Triplet {
                margin,
                mining,
                distance,
            } => TripletLoss::new(margin, mining, distance).map(drop),
            Self::Contrastive { margin } => ContrastiveLoss::new(margin).map(drop),
            Self::ArcFace {
                scale,
                angular_margin,
            } => ArcFaceLoss::check(scale, angular_margin),
        }
    }

    /// Makes the loss.
    ///
    /// Only losses with prototypes, that is `ArcFace`, take `embedding_size`, the length of an embedding, and
    /// `num_classes`, and put parameters on `device`.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] for a number the loss is not defined for.
    pub fn init(
        &self,
        embedding_size: usize,
        num_classes: usize,
        device: &Device,
    ) -> Result<MetricLoss, LossError> {
        Ok(match *self {
            Self::Triplet {
                margin,
                mining,
                distance,
            } => MetricLoss::Triplet(TripletLoss::new(margin, mining, distance)?),
            Self::Contrastive { margin } => MetricLoss::Contrastive(ContrastiveLoss::new(margin)?),
            Self::ArcFace {
                scale,
                angular_margin,
            } => MetricLoss::ArcFace(ArcFaceLoss::new(
                scale,
                angular_margin,
                embedding_size,
                num_classes,
                device,
            )?),
        })
    }
}

impl Default for LossConfig {
    fn default() -> Self {
        Self::new(LossKind::default())
    }
}

/// The name of a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LossKind {
    /// `triplet`: see [`TripletLoss`].
    Triplet,
    /// `contrastive`: see [`ContrastiveLoss`].
    Contrastive,
    /// `arcface`: see [`ArcFaceLoss`].
    #[default]
    ArcFace,
}

impl LossKind {
    /// Every loss, in the order of declaration.
    pub const ALL: [Self; 3] = [Self::Triplet, Self::Contrastive, Self::ArcFace];
}

impl fmt::Display for LossKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Triplet => "triplet",
            Self::Contrastive => "contrastive",
            Self::ArcFace => "arcface",
        })
    }
}

impl FromStr for LossKind {
    type Err = LossError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        names::find("loss", &Self::ALL, name)
    }
}
