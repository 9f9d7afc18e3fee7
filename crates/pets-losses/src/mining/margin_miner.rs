//! The minings of this crate as a miner for any loss.

use std::ops::Range;

use crate::mining::batch_mining::Mining;
use crate::mining::triplet_miner::{Triplet, TripletMiner};
use crate::mining::triplet_search::{ActiveTriplets, TripletSearch, TripletSink};
use crate::pairs::labelled_distances::LabelledDistances;

/// The triplets of a [`Mining`] that are active within a margin: made by [`Mining::within`].
///
/// ```
/// use burn::tensor::{Device, Int, Tensor};
/// use pets_losses::{Distance, LabelledDistances, Mining, Triplet, TripletMiner};
///
/// let device = Device::flex().autodiff();
/// let embeddings = Tensor::<2>::from_floats([[0.0], [1.0], [2.0], [9.0]], &device).require_grad();
/// let labels = Tensor::<1, Int>::from_ints([0, 0, 1, 1], &device);
/// let batch = LabelledDistances::new(embeddings.clone(), labels, Distance::Euclidean);
///
/// let triplets = Mining::BatchHard.within(0.5).mine(&batch);
/// assert_eq!(triplets.len(), 2);
///
/// // The rows themselves, or their distances with a gradient, for a loss of one's own.
/// let [anchors, positives, negatives] = Triplet::indices(&triplets, &device);
/// assert_eq!(embeddings.select(0, anchors).dims(), [2, 1]);
/// assert_eq!(positives.dims(), negatives.dims());
/// let pairs = triplets.iter().map(|triplet| (triplet.anchor, triplet.positive));
/// let distances: Vec<f32> = batch.of_pairs(pairs).into_data().iter().collect();
/// assert!((distances[0] - 1.0).abs() < 1e-3 && (distances[1] - 7.0).abs() < 1e-3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarginMiner {
    /// Which triplets are looked for.
    pub mining: Mining,
    /// Triplets with `d(a, n) ≥ d(a, p) + margin` are left out, since the hinge on them is 0; infinite, none is.
    pub margin: f64,
}

impl Mining {
    /// This mining as a miner for any loss of triplets; `margin` is what `batch_semi_hard` looks within, and beyond which
    /// triplets are not active.
    pub const fn within(self, margin: f64) -> MarginMiner {
        MarginMiner {
            mining: self,
            margin,
        }
    }
}

impl TripletMiner for MarginMiner {
    /// As the [`Mining`] says; of samples at exactly the same distance that would share a place, the first has it.
    fn mine(&self, batch: &LabelledDistances) -> Vec<Triplet> {
        let active = ActiveTriplets {
            margin: self.margin,
            soft_margin: false,
        };
        let mut triplets = TripletList(Vec::new());
        TripletSearch::new(batch, active, &mut triplets).run(self.mining);
        triplets.0
    }
}

struct TripletList(Vec<Triplet>);

impl TripletSink for TripletList {
    fn add_ranges(
        &mut self,
        anchor: usize,
        positives: &[(usize, f64)],
        negatives: &[(usize, f64)],
        ranges: &[Range<usize>],
    ) {
        for (&(positive, _), range) in positives.iter().zip(ranges) {
            let negatives = negatives[range.clone()].iter();
            self.0.extend(negatives.map(|&(negative, _)| Triplet {
                anchor,
                positive,
                negative,
            }));
        }
    }

    fn add_shared(
        &mut self,
        anchor: usize,
        positives: &[(usize, f64)],
        negatives: &[(usize, f64)],
    ) {
        if let (Some(&(positive, _)), Some(&(negative, _))) = (positives.first(), negatives.first())
        {
            self.0.push(Triplet {
                anchor,
                positive,
                negative,
            });
        }
    }
}
