//! The search for the triplets of a batch that a mining asks for.

use std::ops::Range;

use crate::mining::anchor_pairs::{Samples, all_pairs, informative_pairs};
use crate::mining::batch_mining::Mining;
use crate::mining::distance_weighting::DistanceWeighting;
use crate::mining::pair_miner::MultiSimilarityMiner;
use crate::pairs::labelled_distances::LabelledDistances;

/// Takes the triplets found, all of which are active.
pub(crate) trait TripletSink {
    /// The triplets of an anchor that each positive forms with its range of `negatives`.
    fn add_ranges(
        &mut self,
        anchor: usize,
        positives: &[(usize, f64)],
        negatives: &[(usize, f64)],
        ranges: &[Range<usize>],
    );

    /// The one triplet whose places are shared evenly by positives at one distance and by negatives at one distance, at
    /// least one of each.
    fn add_shared(&mut self, anchor: usize, positives: &[(usize, f64)], negatives: &[(usize, f64)]);
}

/// Which triplets are active, that is have a term above 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ActiveTriplets {
    pub(crate) margin: f64,
    /// With soft margins all are.
    pub(crate) soft_margin: bool,
}

impl ActiveTriplets {
    /// Whether a triplet with this `d(a, p) − d(a, n)` is active.
    fn holds(self, excess: f64) -> bool {
        self.soft_margin || excess + self.margin > 0.0
    }
}

/// How many triplets were found.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Found {
    pub(crate) active: usize,
    pub(crate) candidates: usize,
    /// Whether another mining stood in for the one asked for.
    pub(crate) fallback: bool,
}

impl Found {
    /// The share of the candidates that are active; `None` without candidates.
    pub(crate) fn active_share(self) -> Option<f64> {
        (self.candidates > 0).then(|| self.active as f64 / self.candidates as f64)
    }
}

/// The search for triplets in a batch.
pub(crate) struct TripletSearch<'a, S> {
    batch: &'a LabelledDistances,
    active: ActiveTriplets,
    sink: &'a mut S,
    found: Found,
}

/// The negatives, of those sorted by distance, that a positive at this distance forms triplets with.
type NegativesOf =
    fn(active: ActiveTriplets, positive_distance: f64, sorted: &Samples) -> Range<usize>;

impl<'a, S: TripletSink> TripletSearch<'a, S> {
    pub(crate) fn new(
        batch: &'a LabelledDistances,
        active: ActiveTriplets,
        sink: &'a mut S,
    ) -> Self {
        Self {
            batch,
            active,
            sink,
            found: Found::default(),
        }
    }

    pub(crate) fn run(mut self, mining: Mining) -> Found {
        match mining {
            Mining::BatchAll => self.all_triplets(all_pairs, active_negatives),
            Mining::BatchHard => self.hardest_triplets(),
            Mining::BatchSemiHard => self.semi_hard_or_hardest(),
            Mining::DistanceWeighted => self.distance_weighted_triplets(),
            Mining::MultiSimilarity => {
                let informative = |batch: &LabelledDistances, anchor| {
                    informative_pairs(batch, anchor, MultiSimilarityMiner::EPSILON)
                };
                self.all_triplets(informative, active_negatives);
            }
        }
        self.found
    }

    /// Triplets of every anchor, every positive among `pairs` of it and the `negatives_of` that positive.
    fn all_triplets(
        &mut self,
        pairs: impl Fn(&LabelledDistances, usize) -> (Samples, Samples),
        negatives_of: NegativesOf,
    ) {
        let batch = self.batch;
        for anchor in 0..batch.anchors() {
            self.found.candidates +=
                batch.positives(anchor).count() * batch.negatives(anchor).count();
            let (positives, mut negatives) = pairs(batch, anchor);
            negatives.sort_by(|(_, a), (_, b)| a.total_cmp(b));
            let ranges: Vec<_> = positives
                .iter()
                .map(|&(_, distance)| negatives_of(self.active, distance, &negatives))
                .collect();
            self.found.active += ranges.iter().map(ExactSizeIterator::len).sum::<usize>();
            self.sink
                .add_ranges(anchor, &positives, &negatives, &ranges);
        }
    }

    /// The farthest positive against the nearest negative of every anchor that has both.
    fn hardest_triplets(&mut self) {
        for anchor in 0..self.batch.anchors() {
            let (positives, negatives) = all_pairs(self.batch, anchor);
            let distances = |samples: &Samples| samples.clone().into_iter().map(|(_, d)| d);
            let (Some(farthest), Some(nearest)) = (
                distances(&positives).reduce(f64::max),
                distances(&negatives).reduce(f64::min),
            ) else {
                continue;
            };
            self.add_candidate(
                anchor,
                &at_distance(positives, farthest),
                &at_distance(negatives, nearest),
            );
        }
    }

    fn semi_hard_or_hardest(&mut self) {
        self.all_triplets(all_pairs, semi_hard_negatives);
        if self.found.active_share() == Some(0.0) {
            self.found = Found {
                fallback: true,
                ..Found::default()
            };
            self.hardest_triplets();
        }
    }

    /// For every anchor and positive a negative drawn by its distance.
    fn distance_weighted_triplets(&mut self) {
        let weighting = DistanceWeighting::new(self.batch.dim(), self.batch.distance());
        let mut draws = DistanceWeighting::draws(self.batch).into_iter();
        for anchor in 0..self.batch.anchors() {
            let (positives, negatives) = all_pairs(self.batch, anchor);
            let cumulative = weighting.cumulative(&negatives);
            for (positive, draw) in positives.into_iter().zip(draws.by_ref()) {
                if let Some(negative) = DistanceWeighting::pick(&cumulative, draw) {
                    self.add_candidate(anchor, &[positive], &[negatives[negative]]);
                }
            }
        }
    }

    /// Counts a triplet whose places are shared by positives at one distance and by negatives at one distance, and hands
    /// it on if it is active.
    fn add_candidate(
        &mut self,
        anchor: usize,
        positives: &[(usize, f64)],
        negatives: &[(usize, f64)],
    ) {
        self.found.candidates += 1;
        let (Some((_, positive)), Some((_, negative))) = (positives.first(), negatives.first())
        else {
            return;
        };
        if self.active.holds(positive - negative) {
            self.found.active += 1;
            self.sink.add_shared(anchor, positives, negatives);
        }
    }
}

fn active_negatives(
    active: ActiveTriplets,
    positive_distance: f64,
    sorted: &Samples,
) -> Range<usize> {
    0..sorted.partition_point(|&(_, negative)| active.holds(positive_distance - negative))
}

fn semi_hard_negatives(
    active: ActiveTriplets,
    positive_distance: f64,
    sorted: &Samples,
) -> Range<usize> {
    let end = positive_distance + active.margin;
    let first = sorted.partition_point(|&(_, negative)| negative <= positive_distance);
    let end = sorted.partition_point(|&(_, negative)| negative < end);
    first..end.max(first)
}

fn at_distance(mut samples: Samples, distance: f64) -> Samples {
    samples.retain(|(_, other)| other.total_cmp(&distance).is_eq());
    samples
}
