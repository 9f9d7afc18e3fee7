//! Any miner of pairs with any loss of pairs.

use burn::module::{Module, ModuleDisplay};
use burn::tensor::Tensor;

use crate::distance::Distance;
use crate::mining::pair_miner::PairMiner;
use crate::output::{Diagnostics, LossOutput};
use crate::pairs::labelled_distances::LabelledDistances;
use crate::pairs::mined_terms::reduce_mined;
use crate::pairs::pair_loss::PairLoss;
use crate::reducer::Reducer;

/// The terms of pairs as functions of their distances; a module, since it may have parameters that train.
pub trait PairTerm: Module + ModuleDisplay {
    /// The terms of positive pairs at these distances, each at least 0.
    ///
    /// # Shapes
    ///
    /// - distances: `[pairs]`
    /// - output: `[pairs]`
    fn positive_terms(&self, distances: Tensor<1>) -> Tensor<1>;

    /// The terms of negative pairs at these distances, each at least 0.
    ///
    /// # Shapes
    ///
    /// - distances: `[pairs]`
    /// - output: `[pairs]`
    fn negative_terms(&self, distances: Tensor<1>) -> Tensor<1>;
}

/// A loss of pairs of your own over those that any miner chooses: what the [`Reducer`] makes of the positive pairs' terms
/// plus what it makes of the negative ones'. It takes a [`CrossBatchMemory`](crate::CrossBatchMemory).
///
/// ```
/// use burn::module::{Module, Param};
/// use burn::tensor::{Device, Int, Tensor};
/// use pets_losses::{AllPairs, Distance, EmbeddingLoss, MinedPairLoss, PairTerm, Reducer};
///
/// /// Positives shall be nearer than a learned boundary by a margin, negatives farther (Wu et al., *Sampling Matters in
/// /// Deep Embedding Learning*, 2017).
/// #[derive(Module, Debug)]
/// struct MarginTerm {
///     boundary: Param<Tensor<1>>,
///     #[module(skip)]
///     margin: f64,
/// }
///
/// impl PairTerm for MarginTerm {
///     fn positive_terms(&self, distances: Tensor<1>) -> Tensor<1> {
///         let excess = distances - self.boundary.val();
///         excess.add_scalar(self.margin).clamp_min(0.0)
///     }
///
///     fn negative_terms(&self, distances: Tensor<1>) -> Tensor<1> {
///         let shortfall = self.boundary.val() - distances;
///         shortfall.add_scalar(self.margin).clamp_min(0.0)
///     }
/// }
///
/// let device = Device::flex().autodiff();
/// let loss = MinedPairLoss {
///     term: MarginTerm {
///         boundary: Param::from_tensor(Tensor::from_floats([1.2], &device)),
///         margin: 0.2,
///     },
///     miner: AllPairs,
///     distance: Distance::Euclidean,
///     reducer: Reducer::MeanActive,
/// };
/// let embeddings = Tensor::<2>::from_floats([[0.0], [0.5], [0.9]], &device);
/// let output = loss.forward(embeddings, Tensor::<1, Int>::from_ints([0, 0, 1], &device));
/// assert!((output.value.into_scalar::<f64>() - 0.75).abs() < 1e-3);
/// assert_eq!(loss.num_params(), 1);
/// ```
#[derive(Module, Debug)]
pub struct MinedPairLoss<M, T> {
    /// The terms of pairs.
    pub term: T,
    /// What chooses the pairs.
    #[module(skip)]
    pub miner: M,
    /// The distance between embeddings.
    #[module(skip)]
    pub distance: Distance,
    /// What becomes of the terms of each side; the candidates are the pairs mined.
    #[module(skip)]
    pub reducer: Reducer,
}

impl<M: PairMiner, T: PairTerm> PairLoss for MinedPairLoss<M, T> {
    fn distance(&self) -> Distance {
        self.distance
    }

    fn of_pairs(&self, batch: &LabelledDistances) -> LossOutput {
        let mined = self.miner.mine(batch);
        let (positive, negative) = (mined.positive.len(), mined.negative.len());
        let (of_positive, active_positive) = reduce_mined(batch, self.reducer, positive, || {
            self.term.positive_terms(batch.of_pairs(mined.positive))
        });
        let (of_negative, active_negative) = reduce_mined(batch, self.reducer, negative, || {
            self.term.negative_terms(batch.of_pairs(mined.negative))
        });
        let (pairs, active) = (positive + negative, active_positive + active_negative);
        LossOutput {
            value: of_positive + of_negative,
            diagnostics: Diagnostics {
                active_share: (pairs > 0).then(|| active as f64 / pairs as f64),
                ..batch.diagnostics()
            },
        }
    }
}
