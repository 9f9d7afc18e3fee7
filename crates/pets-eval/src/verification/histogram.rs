//! Histograms of distances.

use serde::{Deserialize, Serialize};

/// Bins of a [`DistanceHistogram`].
const SHOWN_BINS: usize = 100;
/// Bins in which distances are first counted.
const FINE_BINS: usize = 1 << 16;

/// How many positive and negative pairs lie at which distance: 100 bins of equal width from 0 up, the last of which
/// reaches the largest distance or a little beyond.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DistanceHistogram {
    /// Width of a bin; bin i covers the distances from `i * bin_width` to `(i + 1) * bin_width`.
    pub bin_width: f64,
    /// Positive pairs (one label) in each bin.
    pub positive: Vec<u64>,
    /// Negative pairs (two labels) in each bin.
    pub negative: Vec<u64>,
}

impl DistanceHistogram {
    /// Joins fine bins into [`SHOWN_BINS`] that cover every distance counted.
    pub(crate) fn new(bins: FineBins, positive: &[u64], negative: &[u64]) -> Self {
        let used = (0..FINE_BINS)
            .rev()
            .find(|&bin| positive[bin] + negative[bin] > 0)
            .map_or(1, |last| last + 1);
        let joined = used.div_ceil(SHOWN_BINS);
        Self {
            bin_width: joined as f64 / bins.per_unit,
            positive: join(positive, joined),
            negative: join(negative, joined),
        }
    }
}

fn join(counts: &[u64], joined: usize) -> Vec<u64> {
    let mut shown: Vec<u64> = counts
        .chunks(joined)
        .take(SHOWN_BINS)
        .map(|bins| bins.iter().sum())
        .collect();
    shown.resize(SHOWN_BINS, 0);
    shown
}

/// Equal bins over all distances that are possible, fine enough to find a distance's neighbours in a sorted list.
#[derive(Clone, Copy)]
pub(crate) struct FineBins {
    per_unit: f64,
}

impl FineBins {
    pub(crate) const COUNT: usize = FINE_BINS;

    /// Bins for distances between rows no longer than `largest_norm`.
    pub(crate) fn new(largest_norm: f64) -> Self {
        let largest_distance = if largest_norm > 0.0 {
            2.0 * largest_norm
        } else {
            1.0
        };
        Self {
            per_unit: FINE_BINS as f64 / largest_distance,
        }
    }

    /// The bin of a distance; never falls as the distance grows.
    #[expect(
        clippy::inline_always,
        reason = "must be compiled for the caller's instructions"
    )]
    #[inline(always)]
    pub(crate) fn bin(self, distance: f64) -> usize {
        (distance * self.per_unit).min((FINE_BINS - 1) as f64) as u32 as usize
    }

    /// The distance below which `rank` of the counted distances lie, taking those of a bin as evenly spread.
    pub(crate) fn quantile(self, counts: &[u64], rank: f64) -> f64 {
        let mut below = 0.0;
        for (bin, &count) in counts.iter().enumerate() {
            let count = count as f64;
            if count > 0.0 && below + count >= rank {
                return (bin as f64 + ((rank - below) / count).max(0.0)) / self.per_unit;
            }
            below += count;
        }
        FINE_BINS as f64 / self.per_unit
    }
}
