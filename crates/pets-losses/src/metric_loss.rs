//! Any loss of this crate, chosen at run time.

use burn::module::{Module, Param};
use burn::tensor::{Int, Tensor};

use crate::embedding_loss::EmbeddingLoss;
use crate::kind::LossKind;
use crate::losses::{
    arcface::ArcFaceLoss, circle::CircleLoss, contrastive::ContrastiveLoss, cosface::CosFaceLoss,
    lifted_structure::LiftedStructureLoss, multi_similarity::MultiSimilarityLoss,
    normalized_softmax::NormalizedSoftmaxLoss, proxy_anchor::ProxyAnchorLoss, supcon::SupConLoss,
    triplet::TripletLoss,
};
use crate::memory::CrossBatchMemory;
use crate::output::LossOutput;

/// Any loss of this crate, chosen at run time: what [`LossConfig::init`](crate::LossConfig::init) makes.
///
/// It is a module, since losses such as [`ArcFaceLoss`] have parameters that train with the model.
#[derive(Module, Debug)]
pub enum MetricLoss {
    /// See [`TripletLoss`].
    Triplet(TripletLoss),
    /// See [`ContrastiveLoss`].
    Contrastive(ContrastiveLoss),
    /// See [`MultiSimilarityLoss`].
    MultiSimilarity(MultiSimilarityLoss),
    /// See [`SupConLoss`].
    SupCon(SupConLoss),
    /// See [`CircleLoss`].
    Circle(CircleLoss),
    /// See [`LiftedStructureLoss`].
    LiftedStructure(LiftedStructureLoss),
    /// See [`ArcFaceLoss`].
    ArcFace(ArcFaceLoss),
    /// See [`CosFaceLoss`].
    CosFace(CosFaceLoss),
    /// See [`NormalizedSoftmaxLoss`].
    NormalizedSoftmax(NormalizedSoftmaxLoss),
    /// See [`ProxyAnchorLoss`].
    ProxyAnchor(ProxyAnchorLoss),
}

impl MetricLoss {
    /// Which loss this is.
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

    /// The prototypes of a loss that has them: `[classes, dim]`, for `ArcFace` with `k` sub-centres
    /// `[classes · k, dim]`.
    pub fn prototypes(&self) -> Option<&Param<Tensor<2>>> {
        match self {
            Self::ArcFace(loss) => Some(&loss.weight),
            Self::CosFace(loss) => Some(&loss.weight),
            Self::NormalizedSoftmax(loss) => Some(&loss.weight),
            Self::ProxyAnchor(loss) => Some(&loss.weight),
            _ => None,
        }
    }
}

/// Hands a call on to the loss that `self` is.
macro_rules! of_loss {
    ($metric_loss:expr, $loss:ident => $call:expr) => {
        match $metric_loss {
            MetricLoss::Triplet($loss) => $call,
            MetricLoss::Contrastive($loss) => $call,
            MetricLoss::MultiSimilarity($loss) => $call,
            MetricLoss::SupCon($loss) => $call,
            MetricLoss::Circle($loss) => $call,
            MetricLoss::LiftedStructure($loss) => $call,
            MetricLoss::ArcFace($loss) => $call,
            MetricLoss::CosFace($loss) => $call,
            MetricLoss::NormalizedSoftmax($loss) => $call,
            MetricLoss::ProxyAnchor($loss) => $call,
        }
    };
}

impl EmbeddingLoss for MetricLoss {
    fn forward(&self, embeddings: Tensor<2>, labels: Tensor<1, Int>) -> LossOutput {
        of_loss!(self, loss => loss.forward(embeddings, labels))
    }

    fn compares_pairs(&self) -> bool {
        of_loss!(self, loss => loss.compares_pairs())
    }

    fn forward_with_memory(
        &self,
        embeddings: Tensor<2>,
        labels: Tensor<1, Int>,
        memory: &CrossBatchMemory,
    ) -> LossOutput {
        of_loss!(self, loss => loss.forward_with_memory(embeddings, labels, memory))
    }
}
