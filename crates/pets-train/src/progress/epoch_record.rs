//! What happened in one epoch.

use serde::{Deserialize, Serialize};

/// What happened in one epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Epoch, counted from 1.
    pub epoch: usize,
    /// Learning rate of the epoch's first step.
    pub learning_rate: f64,
    /// Learning rate of the epoch's last step.
    pub last_learning_rate: f64,
    /// Mean loss over the epoch's batches.
    pub train_loss: f64,
    /// Mean loss over the validation part; absent without one.
    pub val_loss: Option<f64>,
    /// Recall@1 within the validation part.
    #[serde(rename = "recall@1")]
    pub recall_at_1: Option<f64>,
    /// MAP@R within the validation part.
    #[serde(rename = "map@r")]
    pub map_at_r: Option<f64>,
    /// Mean share of active triplets or pairs.
    pub active_share: Option<f64>,
    /// Share of batches in which the miner found nothing and fell back to another rule.
    pub fallback_share: f64,
    /// Mean distance of positive pairs.
    pub mean_positive_distance: Option<f64>,
    /// Mean distance of negative pairs.
    pub mean_negative_distance: Option<f64>,
    /// Mean length of the embeddings before they are brought to length 1.
    #[serde(default)]
    pub embedding_norm: Option<f64>,
    /// Share of training images nearest to the prototype of their own class (losses with prototypes).
    #[serde(default)]
    pub prototype_accuracy: Option<f64>,
    /// Mean length of a step's gradients, before clipping.
    #[serde(default)]
    pub gradient_norm: Option<f64>,
    /// Batches left out because their loss, or the gradients of their step, were not finite.
    #[serde(default)]
    pub left_out_batches: usize,
    /// Wall-clock seconds of training, without validation.
    pub seconds: f64,
    /// Images trained per second.
    pub images_per_second: f64,
    /// Share of the training time in which the model waited for data.
    pub wait_share: f64,
    /// Whether this epoch is the best so far.
    pub best: bool,
}
