//! The names of the losses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::LossError;
use crate::names;

/// The name of a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossKind {
    /// `triplet`: see [`TripletLoss`](crate::TripletLoss).
    #[default]
    Triplet,
    /// `contrastive`: see [`ContrastiveLoss`](crate::ContrastiveLoss).
    Contrastive,
    /// `multi_similarity`: see [`MultiSimilarityLoss`](crate::MultiSimilarityLoss).
    MultiSimilarity,
    /// `supcon`: see [`SupConLoss`](crate::SupConLoss).
    #[serde(rename = "supcon")]
    SupCon,
    /// `circle`: see [`CircleLoss`](crate::CircleLoss).
    Circle,
    /// `lifted_structure`: see [`LiftedStructureLoss`](crate::LiftedStructureLoss).
    LiftedStructure,
    /// `arcface`: see [`ArcFaceLoss`](crate::ArcFaceLoss).
    #[serde(rename = "arcface")]
    ArcFace,
    /// `cosface`: see [`CosFaceLoss`](crate::CosFaceLoss).
    #[serde(rename = "cosface")]
    CosFace,
    /// `normalized_softmax`: see [`NormalizedSoftmaxLoss`](crate::NormalizedSoftmaxLoss).
    NormalizedSoftmax,
    /// `proxy_anchor`: see [`ProxyAnchorLoss`](crate::ProxyAnchorLoss).
    ProxyAnchor,
}

impl LossKind {
    /// Every loss, in the order of declaration.
    pub const ALL: [Self; 10] = [
        Self::Triplet,
        Self::Contrastive,
        Self::MultiSimilarity,
        Self::SupCon,
        Self::Circle,
        Self::LiftedStructure,
        Self::ArcFace,
        Self::CosFace,
        Self::NormalizedSoftmax,
        Self::ProxyAnchor,
    ];

    /// Whether the loss compares samples with prototypes of the classes, its parameters, and not with each other.
    pub fn has_prototypes(self) -> bool {
        match self {
            Self::Triplet
            | Self::Contrastive
            | Self::MultiSimilarity
            | Self::SupCon
            | Self::Circle
            | Self::LiftedStructure => false,
            Self::ArcFace | Self::CosFace | Self::NormalizedSoftmax | Self::ProxyAnchor => true,
        }
    }
}

impl fmt::Display for LossKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Triplet => "triplet",
            Self::Contrastive => "contrastive",
            Self::MultiSimilarity => "multi_similarity",
            Self::SupCon => "supcon",
            Self::Circle => "circle",
            Self::LiftedStructure => "lifted_structure",
            Self::ArcFace => "arcface",
            Self::CosFace => "cosface",
            Self::NormalizedSoftmax => "normalized_softmax",
            Self::ProxyAnchor => "proxy_anchor",
        })
    }
}

impl FromStr for LossKind {
    type Err = LossError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        names::find("loss", &Self::ALL, name)
    }
}
