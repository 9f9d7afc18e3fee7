//! The sum of the terms of mined triplets, as weights of their pairs.

use std::ops::Range;

use crate::mining::triplet_search::{ActiveTriplets, TripletSink};
use crate::pairs::labelled_distances::LabelledDistances;
use crate::pairs::pair_weights::PairWeights;

/// The sum of the terms of active triplets, as a function of the distances.
pub(crate) struct TripletSum {
    terms: ActiveTriplets,
    weights: PairWeights,
}

impl TripletSink for TripletSum {
    fn add_ranges(
        &mut self,
        anchor: usize,
        positives: &[(usize, f64)],
        negatives: &[(usize, f64)],
        ranges: &[Range<usize>],
    ) {
        if self.terms.soft_margin {
            for (&positive, range) in positives.iter().zip(ranges) {
                for &negative in &negatives[range.clone()] {
                    self.add_soft(anchor, positive, negative);
                }
            }
        } else {
            self.add_hinges(anchor, positives, negatives, ranges);
        }
    }

    fn add_shared(
        &mut self,
        anchor: usize,
        positives: &[(usize, f64)],
        negatives: &[(usize, f64)],
    ) {
        let (Some((_, positive)), Some((_, negative))) = (positives.first(), negatives.first())
        else {
            return;
        };
        let (slope, offset) = if self.terms.soft_margin {
            soft_tangent(positive - negative)
        } else {
            (1.0, self.terms.margin)
        };
        for (samples, weight) in [(positives, slope), (negatives, -slope)] {
            for &(sample, _) in samples {
                let share = weight / samples.len() as f64;
                self.weights.add(anchor, sample, share);
            }
        }
        self.weights.add_offset(offset);
    }
}

impl TripletSum {
    pub(crate) fn new(batch: &LabelledDistances, terms: ActiveTriplets) -> Self {
        Self {
            terms,
            weights: PairWeights::zero(batch.anchors(), batch.samples()),
        }
    }

    /// The sum divided by `divisor`.
    pub(crate) fn reduced(mut self, divisor: f64) -> PairWeights {
        self.weights.divide(divisor);
        self.weights
    }

    /// No triplet is formed: over a set of triplets the sum of `d(a, p) − d(a, n)` weighs every pair by the number of
    /// triplets it is in, and the triplets of a positive are a range of the negatives. That takes time in proportion
    /// to the pairs instead of the triplets.
    fn add_hinges(
        &mut self,
        anchor: usize,
        positives: &[(usize, f64)],
        negatives: &[(usize, f64)],
        ranges: &[Range<usize>],
    ) {
        // The number of ranges that begin, less those that end, at each negative.
        let mut steps = vec![0.0; negatives.len() + 1];
        for ((positive, _), range) in positives.iter().zip(ranges) {
            let triplets = range.len() as f64;
            self.weights.add(anchor, *positive, triplets);
            self.weights.add_offset(triplets * self.terms.margin);
            steps[range.start] += 1.0;
            steps[range.end] -= 1.0;
        }
        let mut triplets = 0.0;
        for (&(negative, _), step) in negatives.iter().zip(steps) {
            triplets += step;
            self.weights.add(anchor, negative, -triplets);
        }
    }

    fn add_soft(&mut self, anchor: usize, positive: (usize, f64), negative: (usize, f64)) {
        let (slope, offset) = soft_tangent(positive.1 - negative.1);
        self.weights.add(anchor, positive.0, slope);
        self.weights.add(anchor, negative.0, -slope);
        self.weights.add_offset(offset);
    }
}

/// The slope of `log(1 + eˣ)` and the value at 0 of its tangent.
fn soft_tangent(x: f64) -> (f64, f64) {
    let small = (-x.abs()).exp();
    let value = x.max(0.0) + small.ln_1p();
    let slope = if x > 0.0 { 1.0 } else { small } / (1.0 + small);
    (slope, value - slope * x)
}
