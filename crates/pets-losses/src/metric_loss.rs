use burn::module::{Module, Param};
use burn::tensor::{Int, Tensor};

use crate::pair_batch::PairBatch;
use crate::{
    ArcFaceLoss, CircleLoss, ContrastiveLoss, CosFaceLoss, CrossBatchMemory, LiftedStructureLoss,
    LossKind, LossOutput, MultiSimilarityLoss, NormalizedSoftmaxLoss, ProxyAnchorLoss, SupConLoss,
    TripletLoss,
};

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

    /// The loss of a batch.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`
    /// - labels: `[batch]`
    ///
    /// # Panics
    ///
    /// If there is not one label to each embedding, or if a label is not below the number of classes of a loss that
    /// has prototypes.
    pub fn forward(&self, embeddings: Tensor<2>, labels: Tensor<1, Int>) -> LossOutput {
        match self {
            Self::ArcFace(loss) => loss.forward(embeddings, labels),
            Self::CosFace(loss) => loss.forward(embeddings, labels),
            Self::NormalizedSoftmax(loss) => loss.forward(embeddings, labels),
            Self::ProxyAnchor(loss) => loss.forward(embeddings, labels),
            _ => self.of_pairs(PairBatch::new(embeddings, labels)),
        }
    }

    /// The loss of a batch whose samples also form pairs with what `memory` holds.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`
    /// - labels: `[batch]`
    ///
    /// # Panics
    ///
    /// If there is not one label to each embedding, if the remembered embeddings are of another length, or if the
    /// loss has prototypes and compares no pairs.
    pub fn forward_with_memory(
        &self,
        embeddings: Tensor<2>,
        labels: Tensor<1, Int>,
        memory: &CrossBatchMemory,
    ) -> LossOutput {
        self.of_pairs(PairBatch::new(embeddings, labels).with_memory(memory))
    }

    fn of_pairs(&self, batch: PairBatch) -> LossOutput {
        match self {
            Self::Triplet(loss) => loss.of(batch),
            Self::Contrastive(loss) => loss.of(batch),
            Self::MultiSimilarity(loss) => loss.of(batch),
            Self::SupCon(loss) => loss.of(batch),
            Self::Circle(loss) => loss.of(batch),
            Self::LiftedStructure(loss) => loss.of(batch),
            Self::ArcFace(_)
            | Self::CosFace(_)
            | Self::NormalizedSoftmax(_)
            | Self::ProxyAnchor(_) => {
                panic!("the {} loss compares samples with prototypes", self.kind())
            }
        }
    }
}
