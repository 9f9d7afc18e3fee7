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
/// A number is `None` where the loss does not have it, or where the batch has nothing to take it from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// The share of the candidates that contribute to the gradient, 0 to 1.
    ///
    /// Candidates are: of `batch_all` and `batch_semi_hard` the valid triplets; of `batch_hard` the anchors that
    /// have a positive and a negative; of the contrastive loss the ordered negative pairs, of which those closer
    /// than the margin are active (its positive pairs always are). ArcFace has none.
    pub active_share: Option<f64>,
    /// The mean distance over all ordered pairs of one label, mined or not. Not for ArcFace.
    pub mean_positive_distance: Option<f64>,
    /// The mean distance over all ordered pairs of two labels, mined or not. Not for ArcFace.
    pub mean_negative_distance: Option<f64>,
    /// The share of rows whose largest cosine, without margin and scale, is that of their own class. ArcFace only.
    pub accuracy: Option<f64>,
    /// Whether `batch_semi_hard` found no semi-hard triplet among valid ones and mined `batch_hard` instead.
    pub fallback: bool,
}
