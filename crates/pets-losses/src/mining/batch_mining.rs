//! The triplets of a batch that are worth learning from.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::LossError;
use crate::losses::triplet::TripletConfig;
use crate::mining::distance_weighting::DistanceWeighting;
use crate::mining::informative_pairs::informative_pairs;
use crate::mining::reduced_triplets::{MinedTriplets, TripletSum};
use crate::names;
use crate::pairs::labelled_distances::LabelledDistances;

/// What Wang et al. take as ε of multi-similarity mining.
pub(crate) const MULTI_SIMILARITY_EPSILON: f64 = 0.1;

/// Which triplets of a batch the [`TripletLoss`](crate::TripletLoss) learns from.
///
/// A triplet is valid if its anchor and positive are two samples of one label and its negative is of another. With
/// hinges it is active if `d(a, p) − d(a, n) + margin > 0`, with soft margins always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mining {
    /// All active valid triplets.
    BatchAll,
    /// For each anchor that has both, its farthest positive and its nearest negative, where active (Hermans et al.,
    /// *In Defense of the Triplet Loss for Person Re-Identification*, 2017). Samples at exactly the same distance
    /// share the place.
    #[default]
    BatchHard,
    /// All valid triplets with `d(a, p) < d(a, n) < d(a, p) + margin` (Schroff et al., *`FaceNet`*, 2015). A batch
    /// that has none is mined as [`BatchHard`](Self::BatchHard).
    BatchSemiHard,
    /// For each anchor and positive one negative drawn so that all distances come about equally often (Wu et al.,
    /// *Sampling Matters in Deep Embedding Learning*, 2017), where active.
    ///
    /// On the unit sphere, where the embeddings are supposed to lie, the distance of two random points has the
    /// density `q(d) ∝ d^(dim−2) · (1 − d²/4)^((dim−3)/2)`. A negative is drawn in proportion to `1/q(d)`, with
    /// distances below 0.5 counted as 0.5. One beyond 1.4 is drawn only if all are: then evenly. The draws come from
    /// the device's random numbers: `device.seed` repeats them.
    DistanceWeighted,
    /// The active triplets of informative pairs: positives with `d(a, p) > min d(a, n) − 0.1` and negatives with
    /// `d(a, n) < max d(a, p) + 0.1` (Wang et al., *Multi-Similarity Loss*, 2019).
    MultiSimilarity,
}

impl Mining {
    /// Every kind of mining, in the order of declaration.
    pub const ALL: [Self; 5] = [
        Self::BatchAll,
        Self::BatchHard,
        Self::BatchSemiHard,
        Self::DistanceWeighted,
        Self::MultiSimilarity,
    ];

    pub(crate) fn mine(self, batch: &LabelledDistances, loss: &TripletConfig) -> MinedTriplets {
        let sum = TripletSum::new(batch, loss);
        match self {
            Self::BatchAll => all_triplets(batch, sum, all_pairs, active_negatives),
            Self::BatchHard => hardest_triplets(batch, sum),
            Self::BatchSemiHard => semi_hard_or_hardest(batch, loss),
            Self::DistanceWeighted => distance_weighted_triplets(batch, sum, loss),
            Self::MultiSimilarity => {
                let informative = |batch: &LabelledDistances, anchor| {
                    informative_pairs(batch, anchor, MULTI_SIMILARITY_EPSILON)
                };
                all_triplets(batch, sum, informative, active_negatives)
            }
        }
    }
}

impl fmt::Display for Mining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BatchAll => "batch_all",
            Self::BatchHard => "batch_hard",
            Self::BatchSemiHard => "batch_semi_hard",
            Self::DistanceWeighted => "distance_weighted",
            Self::MultiSimilarity => "multi_similarity",
        })
    }
}

impl FromStr for Mining {
    type Err = LossError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        names::find("mining", &Self::ALL, name)
    }
}

/// Samples with their distances to an anchor.
pub(crate) type Samples = Vec<(usize, f64)>;

fn all_pairs(batch: &LabelledDistances, anchor: usize) -> (Samples, Samples) {
    (
        batch.positives(anchor).collect(),
        batch.negatives(anchor).collect(),
    )
}

/// The negatives, of those sorted by distance, that a positive at this distance forms triplets with.
type NegativesOf = fn(sum: &TripletSum, positive_distance: f64, sorted: &Samples) -> Range<usize>;

fn active_negatives(sum: &TripletSum, positive_distance: f64, sorted: &Samples) -> Range<usize> {
    0..sorted.partition_point(|&(_, negative)| sum.is_active(positive_distance - negative))
}

fn semi_hard_negatives(sum: &TripletSum, positive_distance: f64, sorted: &Samples) -> Range<usize> {
    let end = positive_distance + sum.margin();
    let first = sorted.partition_point(|&(_, negative)| negative <= positive_distance);
    let end = sorted.partition_point(|&(_, negative)| negative < end);
    first..end.max(first)
}

/// Triplets of every anchor, every positive among `pairs` of it and the `negatives_of` that positive.
fn all_triplets(
    batch: &LabelledDistances,
    mut sum: TripletSum,
    pairs: impl Fn(&LabelledDistances, usize) -> (Samples, Samples),
    negatives_of: NegativesOf,
) -> MinedTriplets {
    for anchor in 0..batch.anchors() {
        sum.add_candidates(batch.positives(anchor).count() * batch.negatives(anchor).count());
        let (positives, mut negatives) = pairs(batch, anchor);
        negatives.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        let ranges: Vec<_> = positives
            .iter()
            .map(|&(_, distance)| negatives_of(&sum, distance, &negatives))
            .collect();
        sum.add_ranges(anchor, &positives, &negatives, &ranges);
    }
    sum.finish()
}

/// The farthest positive against the nearest negative of every anchor that has both.
fn hardest_triplets(batch: &LabelledDistances, mut sum: TripletSum) -> MinedTriplets {
    for anchor in 0..batch.anchors() {
        let (positives, negatives) = all_pairs(batch, anchor);
        let distances = |samples: &Samples| samples.clone().into_iter().map(|(_, d)| d);
        let (Some(farthest), Some(nearest)) = (
            distances(&positives).reduce(f64::max),
            distances(&negatives).reduce(f64::min),
        ) else {
            continue;
        };
        sum.add_candidates(1);
        sum.add_shared(
            anchor,
            &at_distance(positives, farthest),
            &at_distance(negatives, nearest),
        );
    }
    sum.finish()
}

fn at_distance(mut samples: Samples, distance: f64) -> Samples {
    samples.retain(|(_, other)| other.total_cmp(&distance).is_eq());
    samples
}

fn semi_hard_or_hardest(batch: &LabelledDistances, loss: &TripletConfig) -> MinedTriplets {
    let sum = TripletSum::new(batch, loss);
    let semi_hard = all_triplets(batch, sum, all_pairs, semi_hard_negatives);
    if semi_hard.active_share == Some(0.0) {
        MinedTriplets {
            fallback: true,
            ..hardest_triplets(batch, TripletSum::new(batch, loss))
        }
    } else {
        semi_hard
    }
}

/// For every anchor and positive a negative drawn by its distance.
fn distance_weighted_triplets(
    batch: &LabelledDistances,
    mut sum: TripletSum,
    loss: &TripletConfig,
) -> MinedTriplets {
    let weighting = DistanceWeighting::new(batch.dim(), loss.distance);
    let mut draws = DistanceWeighting::draws(batch).into_iter();
    for anchor in 0..batch.anchors() {
        let (positives, negatives) = all_pairs(batch, anchor);
        let cumulative = weighting.cumulative(&negatives);
        for (positive, draw) in positives.into_iter().zip(draws.by_ref()) {
            if let Some(negative) = DistanceWeighting::pick(&cumulative, draw) {
                sum.add_candidates(1);
                sum.add_shared(anchor, &[positive], &[negatives[negative]]);
            }
        }
    }
    sum.finish()
}
