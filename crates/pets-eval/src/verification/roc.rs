//! The ROC curve and its operating points.

use serde::{Deserialize, Serialize};

use crate::verification::pair_counts::CountedNegatives;
use crate::verification::positive_distances::PositiveDistances;
use crate::verification::roc_thinning::thin;

/// Most points of a thinned curve.
const THINNED_POINTS: usize = 2000;
/// How far a left-out point may lie from the thinned curve.
const THINNING_TOLERANCE: f64 = 1e-4;
/// Corners nearer to each other than this are one to the thinning, which keeps its cost within bounds.
const SPACING: f64 = 1e-5;

/// A point of the ROC curve: the rates when pairs no farther apart than the threshold are accepted as the same class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RocPoint {
    /// Share of the negative pairs that are accepted.
    pub false_accept_rate: f64,
    /// Share of the positive pairs that are accepted.
    pub true_accept_rate: f64,
    /// Largest distance accepted; `None` where no pair is.
    pub threshold: Option<f64>,
}

/// What a verifier reaches when it may accept a given share of the negative pairs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OperatingPoint {
    /// The share of negative pairs that may be accepted.
    pub false_accept_rate: f64,
    /// The largest share of positive pairs accepted without exceeding it.
    pub true_accept_rate: f64,
    /// The distance up to which pairs are accepted; `None` where none can be.
    pub threshold: Option<f64>,
}

/// Where the ROC curve crosses the line of equal errors.
pub(crate) struct EqualError {
    pub(crate) rate: f64,
    /// The threshold lies between these two distances, which differ only where negative pairs alone lie between them.
    pub(crate) between: [f64; 2],
}

/// The exact ROC curve. Its corners are walked through where they are needed, not stored: there are up to two for each
/// positive pair.
pub(crate) struct RocCurve<'a> {
    distances: &'a PositiveDistances,
    counted: &'a CountedNegatives,
    positives: u64,
    negatives: u64,
}

/// A corner of the curve: the pairs accepted up to a distance.
#[derive(Clone, Copy)]
struct Corner {
    positives: u64,
    negatives: u64,
    threshold: Option<f64>,
}

const NONE_ACCEPTED: Corner = Corner {
    positives: 0,
    negatives: 0,
    threshold: None,
};

impl<'a> RocCurve<'a> {
    /// The curve of at least one positive and one negative pair.
    pub(crate) fn new(distances: &'a PositiveDistances, counted: &'a CountedNegatives) -> Self {
        Self {
            distances,
            counted,
            positives: distances.len() as u64,
            negatives: counted.total(),
        }
    }

    /// Area under the curve: the chance that a positive pair is nearer than a negative pair, ties counted half.
    pub(crate) fn area(&self) -> f64 {
        let mut twice = 0;
        let mut before = NONE_ACCEPTED;
        for corner in self.corners() {
            twice += u128::from(corner.negatives - before.negatives)
                * u128::from(before.positives + corner.positives);
            before = corner;
        }
        twice as f64 / (2 * u128::from(self.positives) * u128::from(self.negatives)) as f64
    }

    /// Equal error rate: false accept rate = false reject rate, by linear interpolation of the crossing.
    pub(crate) fn equal_error(&self) -> EqualError {
        let excess = |corner: Corner| {
            let [false_accept, true_accept] = self.rates(corner);
            false_accept + true_accept - 1.0
        };
        let (mut before, mut after) = (NONE_ACCEPTED, NONE_ACCEPTED);
        for corner in self.corners() {
            (before, after) = (after, corner);
            if excess(after) >= 0.0 {
                break;
            }
        }
        let share = excess(before) / (excess(before) - excess(after));
        let [start, end] = [before, after].map(|corner| self.rates(corner)[0]);
        let farthest = after.threshold.unwrap_or(0.0);
        let nearest = if after.positives > before.positives {
            farthest
        } else {
            before.threshold.unwrap_or(0.0)
        };
        EqualError {
            rate: start + share * (end - start),
            between: [nearest, farthest],
        }
    }

    /// The most positive pairs that are accepted with at most `false_accept_rate` of the negative pairs, at the nearest
    /// threshold that does so.
    pub(crate) fn operating_point(&self, false_accept_rate: f64) -> OperatingPoint {
        let mut best = NONE_ACCEPTED;
        for corner in self.corners() {
            if self.rates(corner)[0] > false_accept_rate {
                break;
            }
            if corner.positives > best.positives {
                best = corner;
            }
        }
        OperatingPoint {
            false_accept_rate,
            true_accept_rate: self.rates(best)[1],
            threshold: best.threshold,
        }
    }

    /// The curve with fewer points, and how far a left-out point may lie from it.
    pub(crate) fn thinned(&self) -> (Vec<RocPoint>, f64) {
        let points = self.spaced_points();
        let rates: Vec<[f64; 2]> = points
            .iter()
            .map(|point| [point.false_accept_rate, point.true_accept_rate])
            .collect();
        let thinned = thin(&rates, THINNED_POINTS, THINNING_TOLERANCE - SPACING);
        let kept = thinned.kept.iter().map(|&position| points[position]);
        (kept.collect(), thinned.max_deviation + SPACING)
    }

    /// Number of positive pairs.
    pub(crate) fn positives(&self) -> u64 {
        self.positives
    }

    /// Number of negative pairs.
    pub(crate) fn negatives(&self) -> u64 {
        self.negatives
    }

    /// The corners, without those that lie within [`SPACING`] of the one kept before them.
    fn spaced_points(&self) -> Vec<RocPoint> {
        let point = |corner| {
            let [false_accept_rate, true_accept_rate] = self.rates(corner);
            RocPoint {
                false_accept_rate,
                true_accept_rate,
                threshold: corner.threshold,
            }
        };
        let mut last = point(NONE_ACCEPTED);
        let mut points = vec![last];
        for corner in self.corners() {
            let next = point(corner);
            let passed = (next.false_accept_rate - last.false_accept_rate)
                .hypot(next.true_accept_rate - last.true_accept_rate);
            let ends = corner.positives == self.positives && corner.negatives == self.negatives;
            if passed > SPACING || ends {
                points.push(next);
                last = next;
            }
        }
        points
    }

    /// The corners after none is accepted, up to all.
    fn corners(&self) -> impl Iterator<Item = Corner> {
        let steps = self.distances.runs().flat_map(|(place, run)| {
            let (below, tied) = (2 * place, 2 * place + 1);
            [
                (0, self.counted.in_slot(below), run[0].next_down()),
                (run.len() as u64, self.counted.in_slot(tied), run[0]),
            ]
        });
        let beyond = self.counted.in_slot(2 * self.distances.len());
        let mut at = NONE_ACCEPTED;
        steps
            .chain([(0, beyond, self.counted.largest)])
            .filter(|&(positives, negatives, _)| positives + negatives > 0)
            .map(move |(positives, negatives, threshold)| {
                at = Corner {
                    positives: at.positives + positives,
                    negatives: at.negatives + negatives,
                    threshold: Some(threshold),
                };
                at
            })
    }

    /// False and true accept rate.
    fn rates(&self, corner: Corner) -> [f64; 2] {
        [
            corner.negatives as f64 / self.negatives as f64,
            corner.positives as f64 / self.positives as f64,
        ]
    }
}
