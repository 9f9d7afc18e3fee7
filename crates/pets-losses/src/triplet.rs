use burn::module::Module;
use serde::{Deserialize, Serialize};

use crate::error::distance_margin;
use crate::labelled_distances::LabelledDistances;
use crate::pair_loss::PairLoss;
use crate::{Diagnostics, Distance, LossError, LossKind, LossOutput, Mining, Reducer};

/// The parameters of a [`TripletLoss`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TripletConfig {
    /// By how much a negative shall be farther than a positive, at least 0. Default 0.5.
    pub margin: f64,
    /// Whether the terms are soft margins instead of hinges. Default no.
    pub soft_margin: bool,
    /// Which triplets of a batch count. Default `batch_hard`.
    pub mining: Mining,
    /// The distance between embeddings. Default `euclidean`.
    pub distance: Distance,
    /// What becomes of the triplets' terms. Default `mean_active`.
    pub reducer: Reducer,
}

impl Default for TripletConfig {
    fn default() -> Self {
        Self {
            margin: 0.5,
            soft_margin: false,
            mining: Mining::default(),
            distance: Distance::default(),
            reducer: Reducer::MeanActive,
        }
    }
}

impl TripletConfig {
    /// Checks the numbers.
    ///
    /// # Errors
    ///
    /// [`LossError::OutOfRange`] if the margin is negative or not finite.
    pub fn validate(&self) -> Result<(), LossError> {
        distance_margin(LossKind::Triplet, self.margin)
    }

    /// Makes the loss.
    ///
    /// # Errors
    ///
    /// As [`validate`](Self::validate).
    pub fn init(self) -> Result<TripletLoss, LossError> {
        self.validate()?;
        Ok(TripletLoss { config: self })
    }
}

/// The triplet loss: an anchor shall be nearer to its positive than to its negative by a margin.
///
/// A mined triplet (see [`Mining`]) has the term
///
/// ```text
/// max(0, d(a, p) − d(a, n) + margin)     hinge (Schroff et al., FaceNet, 2015)
/// log(1 + exp(d(a, p) − d(a, n)))        soft margin (Hermans et al., In Defense of the Triplet Loss, 2017)
/// ```
///
/// of which the [`Reducer`] makes the loss. A hinge is active above 0, a soft margin always; `margin` then tells
/// `batch_semi_hard` alone which triplets to mine. A batch without active triplets has the loss 0 with gradient 0.
///
/// Triplets are chosen on the host by the detached distances; the gradient flows through the distances on the
/// embeddings' device. Memory grows with the square of the batch, not its cube, for every kind of mining: a triplet is
/// never stored, it only changes the weights of its two pairs. Hinges take time in proportion to the pairs and its
/// logarithm; soft margins over all triplets (`batch_all`) in proportion to the triplets.
#[derive(Module, Debug)]
pub struct TripletLoss {
    #[module(skip)]
    config: TripletConfig,
}

impl PairLoss for TripletLoss {
    fn distance(&self) -> Distance {
        self.config.distance
    }

    fn of_pairs(&self, batch: &LabelledDistances) -> LossOutput {
        let mined = self.config.mining.mine(batch, &self.config);
        LossOutput {
            value: mined.loss.apply(batch.tensor()),
            diagnostics: Diagnostics {
                active_share: mined.active_share,
                fallback: mined.fallback,
                ..batch.diagnostics()
            },
        }
    }
}
