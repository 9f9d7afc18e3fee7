//! What a loss says about a batch: its value and diagnostics.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

/// What a loss says about a batch.
#[derive(Debug, Clone)]
pub struct LossOutput {
    /// The loss, of shape `[1]`. It stays attached to the embeddings where there is nothing to learn from: it is
    /// then 0, and so is its gradient.
    pub value: Tensor<1>,
    /// Plain numbers that tell how the batch trains.
    pub diagnostics: Diagnostics,
}

/// Numbers that tell how a batch trains: read from the device once, apart from the gradient.
///
/// A number is `None` where the loss does not have it, or where the batch has nothing to take it from. A collapse
/// shows as a negative distance that falls towards the positive one, and both towards 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// The share of the candidates that contribute to the gradient, 0 to 1.
    ///
    /// Candidates are: of the triplet loss with `batch_hard` the anchors that have a positive and a negative, with
    /// `distance_weighted` their positive pairs, with any other mining the valid triplets; of the contrastive loss
    /// the ordered negative pairs, of which those closer than the margin are active (its positive pairs always are);
    /// of the multi-similarity loss all ordered pairs, of which those mined are active; of the circle,
    /// lifted-structure and supervised contrastive losses the anchors that have the pairs the loss needs. Losses with
    /// prototypes have none.
    pub active_share: Option<f64>,
    /// The mean distance over all ordered pairs of one label, mined or not: by the loss's own distance, and by the
    /// Euclidean one between embeddings scaled to length 1 where the loss has prototypes.
    pub mean_positive_distance: Option<f64>,
    /// The mean distance over all ordered pairs of two labels, likewise.
    pub mean_negative_distance: Option<f64>,
    /// The mean length of the embeddings as the loss was given them. Who scales them to length 1 beforehand, which
    /// hides a length that runs away or vanishes, sets this to the [`mean_norm`] from before.
    pub embedding_norm: Option<f64>,
    /// The share of rows whose largest cosine, without margin and scale, is that of their own class. Only losses
    /// with prototypes have it.
    pub accuracy: Option<f64>,
    /// Whether `batch_semi_hard` found no semi-hard triplet among valid ones and mined `batch_hard` instead.
    pub fallback: bool,
}

/// The mean length of the rows, detached; `None` without rows.
///
/// # Shapes
///
/// - rows: `[n, dim]`
pub fn mean_norm(rows: &Tensor<2>) -> Option<f64> {
    let [count, _] = rows.dims();
    (count > 0).then(|| {
        let squares = rows.clone().inner().square().sum_dim(1);
        squares.sqrt().mean().into_scalar::<f64>()
    })
}
