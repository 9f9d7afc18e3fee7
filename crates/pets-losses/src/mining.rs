use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::labelled_distances::LabelledDistances;
use crate::pair_weights::PairWeights;
use crate::{LossError, names};

/// Which triplets of a batch the [`TripletLoss`](crate::TripletLoss) learns from.
///
/// A triplet is valid if its anchor and positive are two samples of one label and its negative is of another. It
/// is active if `d(a, p) − d(a, n) + margin > 0`.
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
}

impl Mining {
    /// Every kind of mining, in the order of declaration.
    pub const ALL: [Self; 3] = [Self::BatchAll, Self::BatchHard, Self::BatchSemiHard];

    pub(crate) fn mine(self, batch: &LabelledDistances, margin: f64) -> MinedTriplets {
        match self {
            Self::BatchAll => all_triplets(batch, margin, active_negatives),
            Self::BatchHard => hardest_triplets(batch, margin),
            Self::BatchSemiHard => semi_hard_or_hardest(batch, margin),
        }
    }
}

impl fmt::Display for Mining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BatchAll => "batch_all",
            Self::BatchHard => "batch_hard",
            Self::BatchSemiHard => "batch_semi_hard",
        })
    }
}

impl FromStr for Mining {
    type Err = LossError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        names::find("mining", &Self::ALL, name)
    }
}

/// The mean of `d(a, p) − d(a, n) + margin` over the triplets chosen, and how many they are.
pub(crate) struct MinedTriplets {
    /// The mean as a function of the distances.
    pub(crate) loss: PairWeights,
    /// The share of the candidates that were chosen; `None` without candidates.
    pub(crate) active_share: Option<f64>,
    /// Whether another mining stood in for the one asked for.
    pub(crate) fallback: bool,
}

impl MinedTriplets {
    /// Turns a sum of distances over `active` triplets into the mean of their hinges.
    fn mean(mut sum: PairWeights, margin: f64, active: usize, candidates: usize) -> Self {
        if active > 0 {
            sum.divide(active as f64);
            sum.add_offset(margin);
        }
        Self {
            loss: sum,
            active_share: (candidates > 0).then(|| active as f64 / candidates as f64),
            fallback: false,
        }
    }
}

/// The negatives, of those sorted by distance, that a positive at `positive_distance` forms triplets with.
type NegativesOf = fn(positive_distance: f64, margin: f64, sorted: &[(usize, f64)]) -> Range<usize>;

fn active_negatives(positive_distance: f64, margin: f64, sorted: &[(usize, f64)]) -> Range<usize> {
    0..sorted.partition_point(|&(_, negative)| negative < positive_distance + margin)
}

fn semi_hard_negatives(
    positive_distance: f64,
    margin: f64,
    sorted: &[(usize, f64)],
) -> Range<usize> {
    let first = sorted.partition_point(|&(_, negative)| negative <= positive_distance);
    let end = active_negatives(positive_distance, margin, sorted).end;
    first..end.max(first)
}

/// Triplets of every anchor, every positive of it and the `negatives_of` that positive.
///
/// No triplet is ever formed: over a set of triplets the sum of `d(a, p) − d(a, n)` weighs every pair by the number
/// of triplets it is in, and with the negatives sorted by distance, each positive's triplets are a range of them.
/// That takes `batch²·log(batch)` time and `batch²` memory instead of `batch³`.
fn all_triplets(
    batch: &LabelledDistances,
    margin: f64,
    negatives_of: NegativesOf,
) -> MinedTriplets {
    let mut sum = PairWeights::zero(batch.batch());
    let (mut active, mut candidates) = (0, 0);
    for anchor in 0..batch.batch() {
        let mut negatives: Vec<_> = batch.negatives(anchor).collect();
        negatives.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        // The number of ranges that begin, less those that end, at each negative.
        let mut steps = vec![0.0; negatives.len() + 1];
        for (positive, distance) in batch.positives(anchor) {
            let range = negatives_of(distance, margin, &negatives);
            sum.add(anchor, positive, range.len() as f64);
            steps[range.start] += 1.0;
            steps[range.end] -= 1.0;
            active += range.len();
            candidates += negatives.len();
        }
        let mut triplets = 0.0;
        for ((negative, _), step) in negatives.into_iter().zip(steps) {
            triplets += step;
            sum.add(anchor, negative, -triplets);
        }
    }
    MinedTriplets::mean(sum, margin, active, candidates)
}

/// The farthest positive against the nearest negative of every anchor that has both.
fn hardest_triplets(batch: &LabelledDistances, margin: f64) -> MinedTriplets {
    let mut sum = PairWeights::zero(batch.batch());
    let (mut active, mut candidates) = (0, 0);
    for anchor in 0..batch.batch() {
        let positives = batch.positives(anchor);
        let negatives = batch.negatives(anchor);
        let (Some(farthest), Some(nearest)) = (
            positives.map(|(_, distance)| distance).reduce(f64::max),
            negatives.map(|(_, distance)| distance).reduce(f64::min),
        ) else {
            continue;
        };
        candidates += 1;
        if farthest - nearest + margin > 0.0 {
            active += 1;
            add_shared(&mut sum, anchor, batch.positives(anchor), farthest, 1.0);
            add_shared(&mut sum, anchor, batch.negatives(anchor), nearest, -1.0);
        }
    }
    MinedTriplets::mean(sum, margin, active, candidates)
}

/// Shares `weight` evenly among the samples that are exactly `distance` from the anchor.
fn add_shared(
    sum: &mut PairWeights,
    anchor: usize,
    samples: impl Iterator<Item = (usize, f64)>,
    distance: f64,
    weight: f64,
) {
    let tied: Vec<usize> = samples
        .filter(|&(_, other)| other.total_cmp(&distance).is_eq())
        .map(|(sample, _)| sample)
        .collect();
    for &sample in &tied {
        sum.add(anchor, sample, weight / tied.len() as f64);
    }
}

fn semi_hard_or_hardest(batch: &LabelledDistances, margin: f64) -> MinedTriplets {
    let semi_hard = all_triplets(batch, margin, semi_hard_negatives);
    if semi_hard.active_share == Some(0.0) {
        MinedTriplets {
            fallback: true,
            ..hardest_triplets(batch, margin)
        }
    } else {
        semi_hard
    }
}
