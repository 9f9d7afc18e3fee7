use burn::module::Module;
use burn::tensor::{Int, Tensor};

use crate::{ArcFaceLoss, ContrastiveLoss, LossKind, LossOutput, TripletLoss};

/// Any loss of this crate, chosen at run time: what [`LossConfig::init`](crate::LossConfig::init) makes.
///
/// It is a module, since losses such as [`ArcFaceLoss`] have parameters that train with the model.
#[derive(Module, Debug)]
pub enum MetricLoss {
    /// See [`TripletLoss`].
    Triplet(TripletLoss),
    /// See [`ContrastiveLoss`].
    Contrastive(ContrastiveLoss),
    /// See [`ArcFaceLoss`].
    ArcFace(ArcFaceLoss),
}

impl MetricLoss {
    /// Which loss this is.
    pub fn kind(&self) -> LossKind {
        match self {
            Self::Triplet(_) => LossKind::Triplet,
            Self::Contrastive(_) => LossKind::Contrastive,
            Self::ArcFace(_) => LossKind::ArcFace,
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
            Self::Triplet(loss) => loss.forward(embeddings, labels),
            Self::Contrastive(loss) => loss.forward(embeddings, labels),
            Self::ArcFace(loss) => loss.forward(embeddings, labels),
        }
    }
}
