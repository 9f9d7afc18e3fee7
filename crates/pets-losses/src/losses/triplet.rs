//! The triplet loss.

use burn::module::Module;

use crate::distance::Distance;
use crate::error::LossError;
use crate::kind::LossKind;
use crate::mining::batch_mining::Mining;
use crate::mining::triplet_search::{ActiveTriplets, TripletSearch};
use crate::mining::triplet_sum::TripletSum;
use crate::output::{Diagnostics, LossOutput};
use crate::pairs::labelled_distances::LabelledDistances;
use crate::pairs::pair_loss::PairLoss;
use crate::parameters::parameters;
use crate::ranges::distance_margin;
use crate::reducer::Reducer;

parameters! {
    /// The parameters of a [`TripletLoss`].
    pub struct TripletConfig {
        /// By how much a negative shall be farther than a positive, at least 0.
        pub margin: f64 = 0.5,
        /// Whether the terms are soft margins instead of hinges.
        pub soft_margin: bool = false,
        /// Which triplets of a batch count.
        pub mining: Mining = Mining::BatchHard,
        /// The distance between embeddings.
        pub distance: Distance = Distance::Euclidean,
        /// What becomes of the triplets' terms.
        pub reducer: Reducer = Reducer::MeanActive,
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
        let TripletConfig {
            margin,
            soft_margin,
            mining,
            reducer,
            ..
        } = self.config;
        let active = ActiveTriplets {
            margin,
            soft_margin,
        };
        let mut sum = TripletSum::new(batch, active);
        let found = TripletSearch::new(batch, active, &mut sum).run(mining);
        let loss = sum.reduced(reducer.divisor(found.active, found.candidates));
        LossOutput {
            value: loss.apply(batch.tensor()),
            diagnostics: Diagnostics {
                active_share: found.active_share(),
                fallback: found.fallback,
                ..batch.diagnostics()
            },
        }
    }
}
