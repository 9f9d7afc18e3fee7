//! The description of any loss, as a configuration file has it.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::error::LossError;
use crate::kind::LossKind;
use crate::losses::{
    arcface::ArcFaceConfig, circle::CircleConfig, contrastive::ContrastiveConfig,
    cosface::CosFaceConfig, lifted_structure::LiftedStructureConfig,
    multi_similarity::MultiSimilarityConfig, normalized_softmax::NormalizedSoftmaxConfig,
    proxy_anchor::ProxyAnchorConfig, supcon::SupConConfig, triplet::TripletConfig,
};
use crate::metric_loss::MetricLoss;

/// The description of a loss, as a configuration file has it.
///
/// In serde's formats `type` names the loss; a parameter left out has its default, and one of another loss is an
/// error. [`LossConfig::init`] checks the numbers.
///
/// ```
/// use pets_losses::{LossConfig, Mining, TripletConfig};
///
/// let config: LossConfig = toml::from_str(r#"type = "triplet"
/// mining = "batch_all""#)?;
/// let expected = TripletConfig {
///     mining: Mining::BatchAll,
///     ..TripletConfig::default()
/// };
/// assert_eq!(config, LossConfig::Triplet(expected));
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LossConfig {
    /// Describes a [`TripletLoss`](crate::TripletLoss).
    Triplet(TripletConfig),
    /// Describes a [`ContrastiveLoss`](crate::ContrastiveLoss).
    Contrastive(ContrastiveConfig),
    /// Describes a [`MultiSimilarityLoss`](crate::MultiSimilarityLoss).
    MultiSimilarity(MultiSimilarityConfig),
    /// Describes a [`SupConLoss`](crate::SupConLoss).
    #[serde(rename = "supcon")]
    SupCon(SupConConfig),
    /// Describes a [`CircleLoss`](crate::CircleLoss).
    Circle(CircleConfig),
    /// Describes a [`LiftedStructureLoss`](crate::LiftedStructureLoss).
    LiftedStructure(LiftedStructureConfig),
    /// Describes an [`ArcFaceLoss`](crate::ArcFaceLoss).
    #[serde(rename = "arcface")]
    ArcFace(ArcFaceConfig),
    /// Describes a [`CosFaceLoss`](crate::CosFaceLoss).
    #[serde(rename = "cosface")]
    CosFace(CosFaceConfig),
    /// Describes a [`NormalizedSoftmaxLoss`](crate::NormalizedSoftmaxLoss).
    NormalizedSoftmax(NormalizedSoftmaxConfig),
    /// Describes a [`ProxyAnchorLoss`](crate::ProxyAnchorLoss).
    ProxyAnchor(ProxyAnchorConfig),
}

impl LossConfig {
    /// A loss of this kind with its default parameters.
    pub fn new(kind: LossKind) -> Self {
        match kind {
            LossKind::Triplet => Self::Triplet(TripletConfig::default()),
            LossKind::Contrastive => Self::Contrastive(ContrastiveConfig::default()),
            LossKind::MultiSimilarity => Self::MultiSimilarity(MultiSimilarityConfig::default()),
            LossKind::SupCon => Self::SupCon(SupConConfig::default()),
            LossKind::Circle => Self::Circle(CircleConfig::default()),
            LossKind::LiftedStructure => Self::LiftedStructure(LiftedStructureConfig::default()),
            LossKind::ArcFace => Self::ArcFace(ArcFaceConfig::default()),
            LossKind::CosFace => Self::CosFace(CosFaceConfig::default()),
            LossKind::NormalizedSoftmax => {
                Self::NormalizedSoftmax(NormalizedSoftmaxConfig::default())
            }
            LossKind::ProxyAnchor => Self::ProxyAnchor(ProxyAnchorConfig::default()),
        }
    }

    /// Which loss this describes.
    pub fn kind(&self) -> LossKind {
        match self {
            Self::Triplet(_) => LossKind::Triplet,
            Self::Contrastive(_) => LossKind::Contrastive,
            Self::MultiSimilarity(_) => LossKind::MultiSimilarity,
            Self::SupCon(_) => LossKind::SupCon,
            Self::Circle(_) => LossKind::Circle,
            Self::LiftedStructure(_) => LossKind::LiftedStructure,
            Self::ArcFace(_) => LossKind::ArcFace,
            Self::CosFace(_) => LossKind::CosFace,
            Self::NormalizedSoftmax(_) => LossKind::NormalizedSoftmax,
            Self::ProxyAnchor(_) => LossKind::ProxyAnchor,
        }
    }

    /// Checks the numbers, for a program that wants to know before it has a device.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] for a number the loss is not defined for.
    pub fn validate(&self) -> Result<(), LossError> {
        match self {
            Self::Triplet(config) => config.validate(),
            Self::Contrastive(config) => config.validate(),
            Self::MultiSimilarity(config) => config.validate(),
            Self::SupCon(config) => config.validate(),
            Self::Circle(config) => config.validate(),
            Self::LiftedStructure(config) => config.validate(),
            Self::ArcFace(config) => config.validate(),
            Self::CosFace(config) => config.validate(),
            Self::NormalizedSoftmax(config) => config.validate(),
            Self::ProxyAnchor(config) => config.validate(),
        }
    }

    /// Makes the loss.
    ///
    /// Only losses with prototypes ([`LossKind::has_prototypes`]) take `embedding_size`, the length of an embedding,
    /// and `num_classes`, and put parameters on `device`.
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
        let (dim, classes) = (embedding_size, num_classes);
        Ok(match *self {
            Self::Triplet(config) => MetricLoss::Triplet(config.init()?),
            Self::Contrastive(config) => MetricLoss::Contrastive(config.init()?),
            Self::MultiSimilarity(config) => MetricLoss::MultiSimilarity(config.init()?),
            Self::SupCon(config) => MetricLoss::SupCon(config.init()?),
            Self::Circle(config) => MetricLoss::Circle(config.init()?),
            Self::LiftedStructure(config) => MetricLoss::LiftedStructure(config.init()?),
            Self::ArcFace(config) => MetricLoss::ArcFace(config.init(dim, classes, device)?),
            Self::CosFace(config) => MetricLoss::CosFace(config.init(dim, classes, device)?),
            Self::NormalizedSoftmax(config) => {
                MetricLoss::NormalizedSoftmax(config.init(dim, classes, device)?)
            }
            Self::ProxyAnchor(config) => {
                MetricLoss::ProxyAnchor(config.init(dim, classes, device)?)
            }
        })
    }
}

impl Default for LossConfig {
    fn default() -> Self {
        Self::new(LossKind::default())
    }
}
