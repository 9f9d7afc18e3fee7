//! The sum of the terms of mined triplets, as weights of their pairs.

use std::ops::Range;

use crate::losses::triplet::TripletConfig;
use crate::pairs::labelled_distances::LabelledDistances;
use crate::pairs::pair_weights::PairWeights;

/// The reduced terms of the triplets mined, and how many they are.
pub(crate) struct MinedTriplets {
    /// The loss as a function of the distances.
    pub(crate) loss: PairWeights,
    /// The share of the candidates that were chosen; `None` without candidates.
    pub(crate) active_share: Option<f64>,
    /// Whether another mining stood in for the one asked for.
    pub(crate) fallback: bool,
}

/// The sum of the terms of active triplets, to be reduced.
pub(crate) struct TripletSum {
    loss: TripletConfig,
    weights: PairWeights,
    active: usize,
    candidates: usize,
}

impl TripletSum {
    pub(crate) fn new(batch: &LabelledDistances, loss: &TripletConfig) -> Self {
        Self {
            loss: *loss,
            weights: PairWeights::zero(batch.anchors(), batch.samples()),
            active: 0,
            candidates: 0,
        }
    }

    /// The loss's margin.
    pub(crate) fn margin(&self) -> f64 {
        self.loss.margin
    }

    /// Whether a triplet with this `d(a, p) − d(a, n)` has a term above 0.
    pub(crate) fn is_active(&self, excess: f64) -> bool {
        self.loss.soft_margin || excess + self.loss.margin > 0.0
    }

    pub(crate) fn add_candidates(&mut self, count: usize) {
        self.candidates += count;
    }

    /// Adds the triplets of an anchor that each positive forms with its range of `negatives`, all of which are active.
    pub(crate) fn add_ranges(
        &mut self,
        anchor: usize,
        positives: &[(usize, f64)],
        negatives: &[(usize, f64)],
        ranges: &[Range<usize>],
    ) {
        self.active += ranges.iter().map(ExactSizeIterator::len).sum::<usize>();
        if self.loss.soft_margin {
            for (&positive, range) in positives.iter().zip(ranges) {
                for &negative in &negatives[range.clone()] {
                    self.add_soft(anchor, positive, negative);
                }
            }
        } else {
            self.add_hinges(anchor, positives, negatives, ranges);
        }
    }

    /// Adds, if it is active, the one triplet whose places are shared evenly by positives at one distance and by
    /// negatives at one distance.
    pub(crate) fn add_shared(
        &mut self,
        anchor: usize,
        positives: &[(usize, f64)],
        negatives: &[(usize, f64)],
    ) {
        let (Some((_, positive)), Some((_, negative))) = (positives.first(), negatives.first())
        else {
            return;
        };
        let excess = positive - negative;
        if !self.is_active(excess) {
            return;
        }
        self.active += 1;
        let (slope, offset) = if self.loss.soft_margin {
            soft_tangent(excess)
        } else {
            (1.0, self.loss.margin)
        };
        for (samples, weight) in [(positives, slope), (negatives, -slope)] {
            for &(sample, _) in samples {
                let share = weight / samples.len() as f64;
                self.weights.add(anchor, sample, share);
            }
        }
        self.weights.add_offset(offset);
    }

    /// Reduces the sum.
    pub(crate) fn finish(mut self) -> MinedTriplets {
        let divisor = self.loss.reducer.divisor(self.active, self.candidates);
        self.weights.divide(divisor);
        MinedTriplets {
            loss: self.weights,
            active_share: (self.candidates > 0)
                .then(|| self.active as f64 / self.candidates as f64),
            fallback: false,
        }
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
            self.weights.add_offset(triplets * self.loss.margin);
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
