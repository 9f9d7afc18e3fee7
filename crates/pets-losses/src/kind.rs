//! The names of the losses.

use crate::names::choices;

choices! {
    /// The name of a loss.
    #[derive(Default)]
    "loss": pub enum LossKind {
        /// `triplet`: see [`TripletLoss`](crate::TripletLoss).
        #[default]
        Triplet = "triplet",
        /// `contrastive`: see [`ContrastiveLoss`](crate::ContrastiveLoss).
        Contrastive = "contrastive",
        /// `multi_similarity`: see [`MultiSimilarityLoss`](crate::MultiSimilarityLoss).
        MultiSimilarity = "multi_similarity",
        /// `supcon`: see [`SupConLoss`](crate::SupConLoss).
        SupCon = "supcon",
        /// `circle`: see [`CircleLoss`](crate::CircleLoss).
        Circle = "circle",
        /// `lifted_structure`: see [`LiftedStructureLoss`](crate::LiftedStructureLoss).
        LiftedStructure = "lifted_structure",
        /// `arcface`: see [`ArcFaceLoss`](crate::ArcFaceLoss).
        ArcFace = "arcface",
        /// `cosface`: see [`CosFaceLoss`](crate::CosFaceLoss).
        CosFace = "cosface",
        /// `normalized_softmax`: see [`NormalizedSoftmaxLoss`](crate::NormalizedSoftmaxLoss).
        NormalizedSoftmax = "normalized_softmax",
        /// `proxy_anchor`: see [`ProxyAnchorLoss`](crate::ProxyAnchorLoss).
        ProxyAnchor = "proxy_anchor",
    }
}

impl LossKind {
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
