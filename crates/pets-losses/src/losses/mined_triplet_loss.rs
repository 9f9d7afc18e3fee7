//! Any miner of triplets with any loss of triplets.

use burn::module::{Module, ModuleDisplay};
use burn::tensor::Tensor;

use crate::distance::Distance;
use crate::mining::triplet_miner::{Triplet, TripletMiner};
use crate::output::{Diagnostics, LossOutput};
use crate::pairs::labelled_distances::LabelledDistances;
use crate::pairs::mined_terms::reduce_mined;
use crate::pairs::pair_loss::PairLoss;
use crate::reducer::Reducer;

/// The term of a triplet as a function of its two distances; a module, since it may have parameters that train.
pub trait TripletTerm: Module + ModuleDisplay {
    /// The terms of triplets, each at least 0.
    ///
    /// # Shapes
    ///
    /// - positive: `[triplets]`, the distances of the anchors to their positives
    /// - negative: `[triplets]`, to their negatives
    /// - output: `[triplets]`
    fn terms(&self, positive: Tensor<1>, negative: Tensor<1>) -> Tensor<1>;
}

/// A loss of triplets of your own over those that any miner chooses. It takes a
/// [`CrossBatchMemory`](crate::CrossBatchMemory), and time and memory in proportion to the triplets.
///
/// ```
/// use burn::module::Module;
/// use burn::tensor::{Device, Int, Tensor};
/// use pets_losses::{Distance, EmbeddingLoss, MinedTripletLoss, Mining, Reducer, TripletTerm};
///
/// /// The squared softmax of the two distances (Hoffer and Ailon, *Deep metric learning using Triplet network*, 2015).
/// #[derive(Module, Debug)]
/// struct SoftmaxRatio;
///
/// impl TripletTerm for SoftmaxRatio {
///     fn terms(&self, positive: Tensor<1>, negative: Tensor<1>) -> Tensor<1> {
///         (negative - positive).exp().add_scalar(1.0).recip().square()
///     }
/// }
///
/// let device = Device::flex().autodiff();
/// let loss = MinedTripletLoss {
///     term: SoftmaxRatio,
///     miner: Mining::BatchHard.within(f64::INFINITY),
///     distance: Distance::Euclidean,
///     reducer: Reducer::Mean,
/// };
/// let embeddings = Tensor::<2>::from_floats([[0.0], [1.0], [2.0], [3.0]], &device);
/// let output = loss.forward(embeddings, Tensor::<1, Int>::from_ints([0, 1, 0, 1], &device));
/// let expected = (1.0 + (-1.0_f64).exp()).recip().powi(2);
/// assert!((output.value.into_scalar::<f64>() - expected).abs() < 1e-6);
/// ```
#[derive(Module, Debug)]
pub struct MinedTripletLoss<M, T> {
    /// The term of a triplet.
    pub term: T,
    /// What chooses the triplets.
    #[module(skip)]
    pub miner: M,
    /// The distance between embeddings.
    #[module(skip)]
    pub distance: Distance,
    /// What becomes of the terms; the candidates are the triplets mined.
    #[module(skip)]
    pub reducer: Reducer,
}

impl<M: TripletMiner, T: TripletTerm> PairLoss for MinedTripletLoss<M, T> {
    fn distance(&self) -> Distance {
        self.distance
    }

    fn of_pairs(&self, batch: &LabelledDistances) -> LossOutput {
        let triplets = self.miner.mine(batch);
        let distances = |sample: fn(&Triplet) -> usize| {
            batch.of_pairs(
                triplets
                    .iter()
                    .map(|triplet| (triplet.anchor, sample(triplet))),
            )
        };
        let (value, active) = reduce_mined(batch, self.reducer, triplets.len(), || {
            let positive = distances(|triplet| triplet.positive);
            self.term
                .terms(positive, distances(|triplet| triplet.negative))
        });
        LossOutput {
            value,
            diagnostics: Diagnostics {
                active_share: (!triplets.is_empty()).then(|| active as f64 / triplets.len() as f64),
                ..batch.diagnostics()
            },
        }
    }
}
