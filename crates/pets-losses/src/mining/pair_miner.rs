//! Pairs, and what chooses them.

use std::fmt::Debug;

use crate::mining::anchor_pairs::{Samples, all_pairs, informative_pairs};
use crate::pairs::labelled_distances::LabelledDistances;

/// Some of the ordered pairs of a batch, each an anchor and a sample.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MinedPairs {
    /// Pairs of one label.
    pub positive: Vec<(usize, usize)>,
    /// Pairs of two labels.
    pub negative: Vec<(usize, usize)>,
}

/// Chooses the pairs of a batch that a loss learns from: [`AllPairs`], a [`MultiSimilarityMiner`], or one of your own.
pub trait PairMiner: Clone + Debug + Send {
    /// The pairs of a batch; with a memory, a pair's second sample may be a remembered one.
    fn mine(&self, batch: &LabelledDistances) -> MinedPairs;
}

/// Takes every pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllPairs;

impl PairMiner for AllPairs {
    fn mine(&self, batch: &LabelledDistances) -> MinedPairs {
        of_each_anchor(batch, |anchor| all_pairs(batch, anchor))
    }
}

/// Takes the pairs that an anchor's other pairs make informative: positives with `d(a, p) > min d(a, n) − ε` and negatives
/// with `d(a, n) < max d(a, p) + ε` (Wang et al., *Multi-Similarity Loss with General Pair Weighting for Deep Metric
/// Learning*, 2019).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MultiSimilarityMiner {
    /// The slack ε, at least 0.
    pub epsilon: f64,
}

impl MultiSimilarityMiner {
    /// The paper's slack: 0.1.
    pub const EPSILON: f64 = 0.1;
}

impl PairMiner for MultiSimilarityMiner {
    fn mine(&self, batch: &LabelledDistances) -> MinedPairs {
        of_each_anchor(batch, |anchor| {
            informative_pairs(batch, anchor, self.epsilon)
        })
    }
}

fn of_each_anchor(
    batch: &LabelledDistances,
    pairs_of: impl Fn(usize) -> (Samples, Samples),
) -> MinedPairs {
    let mut mined = MinedPairs::default();
    for anchor in 0..batch.anchors() {
        let (positives, negatives) = pairs_of(anchor);
        let pair = |(sample, _)| (anchor, sample);
        mined.positive.extend(positives.into_iter().map(pair));
        mined.negative.extend(negatives.into_iter().map(pair));
    }
    mined
}
