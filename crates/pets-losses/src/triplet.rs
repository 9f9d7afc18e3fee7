use burn::module::Module;
use burn::tensor::{Int, Tensor};

use crate::error::distance_margin;
use crate::labelled_distances::LabelledDistances;
use crate::{Diagnostics, Distance, LossError, LossKind, LossOutput, Mining};

/// The triplet loss: an anchor shall be nearer to its positive than to its negative by a margin.
///
/// ```text
/// L = mean over the mined triplets of  d(a, p) − d(a, n) + margin
/// ```
///
/// where only active triplets are mined, those with a term above 0 (see [`Mining`]). A batch without such triplets
/// has the loss 0 with gradient 0.
#[derive(Module, Debug)]
pub struct TripletLoss {
    margin: f64,
    #[module(skip)]
    mining: Mining,
    #[module(skip)]
    distance: Distance,
}

impl TripletLoss {
    /// A triplet loss over the triplets that `mining` finds in a batch.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] if the margin is negative or not finite.
    pub fn new(margin: f64, mining: Mining, distance: Distance) -> Result<Self, LossError> {
        Ok(Self {
            margin: distance_margin(LossKind::Triplet, margin)?,
            mining,
            distance,
        })
    }

    /// The loss of a batch.
    ///
    /// Triplets are chosen on the host by the detached distances; the gradient flows through the distances on the
    /// embeddings' device. Memory grows with the square of the batch, not its cube, for every kind of mining.
    ///
    /// # Shapes
    ///
    /// - embeddings: `[batch, dim]`
    /// - labels: `[batch]`
    ///
    /// # Panics
    ///
    /// If there is not one label to each embedding.
    pub fn forward(&self, embeddings: Tensor<2>, labels: Tensor<1, Int>) -> LossOutput {
        let distances = self.distance.pairwise(embeddings.clone(), embeddings);
        let batch = LabelledDistances::read(&distances, labels);
        let mined = self.mining.mine(&batch, self.margin);
        LossOutput {
            value: mined.loss.apply(distances),
            diagnostics: Diagnostics {
                active_share: mined.active_share,
                mean_positive_distance: batch.mean_positive(),
                mean_negative_distance: batch.mean_negative(),
                fallback: mined.fallback,
                accuracy: None,
            },
        }
    }
}
