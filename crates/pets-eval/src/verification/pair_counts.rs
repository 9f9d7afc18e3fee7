//! Positive and negative pairs counted by distance, for the ROC curve.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::verification::histogram::FineBins;

/// Distances that a thread collects before it counts them.
const PENDING: usize = 1 << 18;
/// What a slot's 32 bits cannot hold.
const CARRY: u64 = 1 << 32;
const LOW_HALF: u64 = CARRY - 1;

/// Distances of the positive pairs, sorted: the places between which negative pairs are counted.
///
/// Place i is the position of a distance's first occurrence. Slot `2 i` lies between place i and the distinct distance
/// before it, slot `2 i + 1` holds what is equal to place i, and the last slot lies above all.
pub(crate) struct PositiveDistances {
    bins: FineBins,
    sorted: Vec<f64>,
    /// For each fine bin, the number of distances in the bins before it; one more entry for the end.
    bin_start: Vec<usize>,
}

impl PositiveDistances {
    pub(crate) fn new(mut distances: Vec<f64>, bins: FineBins) -> Self {
        distances.par_sort_unstable_by(f64::total_cmp);
        let mut bin_start = vec![0; FineBins::COUNT + 1];
        for &distance in &distances {
            bin_start[bins.bin(distance) + 1] += 1;
        }
        for bin in 0..FineBins::COUNT {
            bin_start[bin + 1] += bin_start[bin];
        }
        Self {
            bins,
            sorted: distances,
            bin_start,
        }
    }

    /// Each distinct distance, ascending: its place, and as many equal distances as there are.
    pub(crate) fn runs(&self) -> impl Iterator<Item = (usize, &[f64])> {
        let mut end = 0;
        self.sorted
            .chunk_by(|a, b| a.total_cmp(b).is_eq())
            .map(move |run| {
                let place = end;
                end += run.len();
                (place, run)
            })
    }

    /// Number of positive pairs.
    pub(crate) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Positive pairs in each fine bin.
    pub(crate) fn fine_counts(&self) -> Vec<u64> {
        self.bin_start
            .windows(2)
            .map(|ends| (ends[1] - ends[0]) as u64)
            .collect()
    }

    /// Whether a positive pair lies in a fine bin.
    fn holds_any(&self, bin: usize) -> bool {
        self.bin_start[bin] < self.bin_start[bin + 1]
    }

    /// Slot of a distance.
    fn slot(&self, distance: f64) -> usize {
        let bin = self.bins.bin(distance);
        let (start, end) = (self.bin_start[bin], self.bin_start[bin + 1]);
        let place = start + self.sorted[start..end].partition_point(|&other| other < distance);
        let tied = self.sorted.get(place) == Some(&distance);
        2 * place + usize::from(tied)
    }
}

/// Counts of the negative pairs in the slots of the positive distances, filled from many threads.
pub(crate) struct NegativeCounts<'a> {
    positives: &'a PositiveDistances,
    slots: Vec<AtomicU32>,
    carries: Mutex<BTreeMap<usize, u64>>,
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
    /// Pairs in each slot of the positive distances, modulo 2³².
    slots: Vec<u32>,
    /// What the slots could not hold, in units of 2³²; kept apart because the slots make up half the memory that is
    /// needed, and hardly one is ever that full.
    carries: BTreeMap<usize, u64>,
    /// Pairs in each fine bin.
    pub(crate) bins: Vec<u64>,
    /// The largest distance.
    pub(crate) largest: f64,
}

impl<'a> NegativeCounts<'a> {
    pub(crate) fn new(positives: &'a PositiveDistances) -> Self {
        let slots = 2 * positives.len() + 1;
        Self {
            positives,
            slots: std::iter::repeat_with(AtomicU32::default)
                .take(slots)
                .collect(),
            carries: Mutex::default(),
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
                self.add_pairs(slot, pairs);
                (slot, pairs) = (next, 0);
            }
            pairs += 1;
        }
        self.add_pairs(slot, pairs);
    }

    fn add_pairs(&self, slot: usize, pairs: u64) {
        let before = self.slots[slot].fetch_add(pairs as u32, Ordering::Relaxed);
        let carry = (u64::from(before) + (pairs & LOW_HALF)) / CARRY + pairs / CARRY;
        if carry > 0 {
            let mut carries = self.carries.lock().unwrap_or_else(PoisonError::into_inner);
            *carries.entry(slot).or_default() += carry;
        }
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
        for (bin, &count) in bins.iter().enumerate() {
            if !self.positives.holds_any(bin) {
                self.add_pairs(2 * self.positives.bin_start[bin], count);
            }
        }
        CountedNegatives {
            slots: self.slots.into_iter().map(AtomicU32::into_inner).collect(),
            carries: self
                .carries
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner),
            bins,
            largest: tallies
                .iter()
                .map(|tally| tally.largest)
                .fold(0.0, f64::max),
        }
    }
}

impl CountedNegatives {
    /// Pairs in a slot.
    pub(crate) fn in_slot(&self, slot: usize) -> u64 {
        u64::from(self.slots[slot]) + CARRY * self.carries.get(&slot).copied().unwrap_or(0)
    }

    /// All pairs counted.
    pub(crate) fn total(&self) -> u64 {
        self.bins.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_counts_beyond_32_bits() {
        let positives = PositiveDistances::new(vec![0.5, 0.25, 0.5], FineBins::new(1.0));
        let counts = NegativeCounts::new(&positives);
        for pairs in [CARRY - 1, 1, 3 * CARRY + 5, CARRY - 6, 1] {
            counts.add_pairs(3, pairs);
        }
        let mut tally = NegativeCounts::tally();
        counts.add(&mut tally, [0.1, 0.25, 0.3, 0.5, 0.9].into_iter());
        let counted = counts.finish(vec![tally]);
        let slots: Vec<u64> = (0..7).map(|slot| counted.in_slot(slot)).collect();
        assert_eq!(slots, [1, 1, 1, 5 * CARRY + 1, 0, 0, 1]);
        assert_eq!(counted.total(), 5);
    }
}
