use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::histogram::FineBins;

/// Distances that a thread collects before it counts them.
const PENDING: usize = 1 << 18;

/// Distances of the positive pairs, sorted: the places between which negative pairs are counted.
pub(crate) struct PositiveDistances {
    bins: FineBins,
    distinct: Vec<f64>,
    pairs: Vec<u64>,
    /// For each fine bin, the number of distinct distances in the bins before it; one more entry for the end.
    bin_start: Vec<usize>,
}

impl PositiveDistances {
    pub(crate) fn new(mut distances: Vec<f64>, bins: FineBins) -> Self {
        distances.par_sort_unstable_by(f64::total_cmp);
        let mut pairs = Vec::new();
        let mut bin_start = vec![0; FineBins::COUNT + 1];
        for run in distances.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
            pairs.push(run.len() as u64);
            bin_start[bins.bin(run[0]) + 1] += 1;
        }
        for bin in 0..FineBins::COUNT {
            bin_start[bin + 1] += bin_start[bin];
        }
        distances.dedup();
        Self {
            bins,
            distinct: distances,
            pairs,
            bin_start,
        }
    }

    /// The distances, each once, ascending.
    pub(crate) fn distinct(&self) -> &[f64] {
        &self.distinct
    }

    /// Positive pairs at each of [`distinct`](Self::distinct).
    pub(crate) fn pairs(&self) -> &[u64] {
        &self.pairs
    }

    /// Positive pairs in each fine bin.
    pub(crate) fn fine_counts(&self) -> Vec<u64> {
        self.bin_start
            .windows(2)
            .map(|ends| self.pairs[ends[0]..ends[1]].iter().sum())
            .collect()
    }

    /// Whether a positive pair lies in a fine bin.
    fn holds_any(&self, bin: usize) -> bool {
        self.bin_start[bin] < self.bin_start[bin + 1]
    }

    /// Slot of a distance: `2 i` between the distinct distances i − 1 and i, `2 i + 1` equal to distance i.
    fn slot(&self, distance: f64) -> usize {
        let bin = self.bins.bin(distance);
        let (start, end) = (self.bin_start[bin], self.bin_start[bin + 1]);
        let place = start + self.distinct[start..end].partition_point(|&other| other < distance);
        let tied = self.distinct.get(place) == Some(&distance);
        2 * place + usize::from(tied)
    }
}

/// Counts of the negative pairs in the slots of the positive distances, filled from many threads.
pub(crate) struct NegativeCounts<'a> {
    positives: &'a PositiveDistances,
    slots: Vec<AtomicU64>,
}

/// One thread's share of the counting.
pub(crate) struct Tally {
    bins: Vec<u64>,
    largest: f64,
    /// Distances in bins that hold positive pairs. They are sorted before they are counted, so that the slots, which
    /// are far more than fit a cache, are visited in order, and those of a slot are added at once.
    pending: Vec<f64>,
}

/// The negative pairs counted.
pub(crate) struct CountedNegatives {
    /// Pairs in each slot: `2 i` below the distinct positive distance i, `2 i + 1` equal to it, the last above all.
    pub(crate) slots: Vec<u64>,
    /// Pairs in each fine bin.
    pub(crate) bins: Vec<u64>,
    /// The largest distance.
    pub(crate) largest: f64,
}

impl<'a> NegativeCounts<'a> {
    pub(crate) fn new(positives: &'a PositiveDistances) -> Self {
        let slots = 2 * positives.distinct.len() + 1;
        Self {
            positives,
            slots: std::iter::repeat_with(AtomicU64::default)
                .take(slots)
                .collect(),
        }
    }

    pub(crate) fn tally() -> Tally {
        Tally {
            bins: vec![0; FineBins::COUNT],
            largest: 0.0,
            pending: Vec::new(),
        }
    }

    pub(crate) fn add(&self, tally: &mut Tally, distances: impl Iterator<Item = f64>) {
        for distance in distances {
            let bin = self.positives.bins.bin(distance);
            tally.bins[bin] += 1;
            tally.largest = tally.largest.max(distance);
            if self.positives.holds_any(bin) {
                tally.pending.push(distance);
            }
        }
        if tally.pending.len() >= PENDING {
            self.count_pending(&mut tally.pending);
        }
    }

    fn count_pending(&self, pending: &mut Vec<f64>) {
        pending.sort_unstable_by(f64::total_cmp);
        let (mut slot, mut pairs) = (0, 0);
        for distance in pending.drain(..) {
            let next = self.positives.slot(distance);
            if next != slot {
                self.slots[slot].fetch_add(pairs, Ordering::Relaxed);
                (slot, pairs) = (next, 0);
            }
            pairs += 1;
        }
        self.slots[slot].fetch_add(pairs, Ordering::Relaxed);
    }

    pub(crate) fn finish(self, mut tallies: Vec<Tally>) -> CountedNegatives {
        tallies
            .par_iter_mut()
            .for_each(|tally| self.count_pending(&mut tally.pending));
        let mut bins = vec![0; FineBins::COUNT];
        for tally in &tallies {
            for (total, count) in bins.iter_mut().zip(&tally.bins) {
                *total += count;
            }
        }
        let mut slots: Vec<u64> = self.slots.into_iter().map(AtomicU64::into_inner).collect();
        for (bin, &count) in bins.iter().enumerate() {
            if !self.positives.holds_any(bin) {
                slots[2 * self.positives.bin_start[bin]] += count;
            }
        }
        CountedNegatives {
            slots,
            bins,
            largest: tallies
                .iter()
                .map(|tally| tally.largest)
                .fold(0.0, f64::max),
        }
    }
}
