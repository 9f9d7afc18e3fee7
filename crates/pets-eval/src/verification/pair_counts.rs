//! Negative pairs counted by distance, for the ROC curve.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::verification::cell_counts::{CellCounts, OWN_SLOTS};
use crate::verification::histogram::FineBins;
use crate::verification::positive_distances::PositiveDistances;

/// Distances that a thread collects before it counts them.
const PENDING: usize = 1 << 18;
/// What a slot's 32 bits cannot hold.
const CARRY: u64 = 1 << 32;
const LOW_HALF: u64 = CARRY - 1;

/// Counts of the negative pairs in the slots of the positive distances, filled from many threads.
pub(crate) struct NegativeCounts<'a> {
    positives: &'a PositiveDistances,
    slots: Vec<AtomicU32>,
    carries: Mutex<BTreeMap<usize, u64>>,
    /// As many as threads have counted at once.
    tallies: Mutex<Vec<Tally>>,
}

/// One thread's share of the counting.
struct Tally {
    bins: Vec<u64>,
    largest: f64,
    /// Counts by slot, where there are few slots.
    cells: Option<CellCounts>,
    /// Where there are many, distances in bins that hold positive pairs. They are sorted before they are counted, so that
    /// the slots, which are far more than fit a cache, are visited in order, and those of a slot are added at once.
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
    /// The largest distance; also of the positive pairs, where these were counted too.
    pub(crate) largest: f64,
}

impl<'a> NegativeCounts<'a> {
    pub(crate) fn new(positives: &'a PositiveDistances) -> Self {
        Self {
            positives,
            slots: std::iter::repeat_with(AtomicU32::default)
                .take(positives.slots())
                .collect(),
            carries: Mutex::default(),
            tallies: Mutex::default(),
        }
    }

    fn tally(&self) -> Tally {
        Tally {
            bins: vec![0; FineBins::COUNT],
            largest: 0.0,
            cells: (self.slots.len() <= OWN_SLOTS).then(|| CellCounts::new(self.positives)),
            pending: Vec::new(),
        }
    }

    /// Counts distances: those of negative pairs, or of all pairs.
    pub(crate) fn add(&self, distances: &[f64]) {
        let lock = || self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        let spare = lock().pop();
        let mut tally = spare.unwrap_or_else(|| self.tally());
        tally.largest = tally.largest.max(largest(distances));
        let is_full = if let Some(cells) = &mut tally.cells {
            cells.count(self.positives, distances);
            cells.is_full()
        } else {
            self.collect(&mut tally, distances);
            tally.pending.len() >= PENDING
        };
        if is_full {
            self.take_over(&mut tally);
        }
        lock().push(tally);
    }

    fn collect(&self, tally: &mut Tally, distances: &[f64]) {
        for &distance in distances {
            let bin = self.positives.bins().bin(distance);
            tally.bins[bin] += 1;
            if self.positives.holds_any(bin) {
                tally.pending.push(distance);
            }
        }
    }

    /// Counts what a tally holds.
    fn take_over(&self, tally: &mut Tally) {
        let Tally { bins, pending, .. } = tally;
        if let Some(cells) = &mut tally.cells {
            cells.empty(self.positives, |bin, slot, pairs| {
                bins[bin] += pairs;
                self.add_pairs(slot, pairs);
            });
        }
        pending.sort_unstable_by(f64::total_cmp);
        for equal in pending.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
            let bin = self.positives.bins().bin(equal[0]);
            self.add_pairs(self.positives.slot(bin, equal[0]), equal.len() as u64);
        }
        pending.clear();
    }

    fn add_pairs(&self, slot: usize, pairs: u64) {
        let before = self.slots[slot].fetch_add(pairs as u32, Ordering::Relaxed);
        let carry = (u64::from(before) + (pairs & LOW_HALF)) / CARRY + pairs / CARRY;
        if carry > 0 {
            let mut carries = self.carries.lock().unwrap_or_else(PoisonError::into_inner);
            *carries.entry(slot).or_default() += carry;
        }
    }

    /// What was counted, where negative pairs alone were added.
    pub(crate) fn finish(mut self) -> CountedNegatives {
        let tallies = std::mem::take(&mut self.tallies);
        let mut tallies = tallies.into_inner().unwrap_or_else(PoisonError::into_inner);
        tallies
            .par_iter_mut()
            .for_each(|tally| self.take_over(tally));
        let mut bins = vec![0; FineBins::COUNT];
        for tally in &tallies {
            for (total, count) in bins.iter_mut().zip(&tally.bins) {
                *total += count;
            }
        }
        for (bin, &count) in bins.iter().enumerate() {
            if self.slots.len() > OWN_SLOTS && !self.positives.holds_any(bin) {
                self.add_pairs(self.positives.slot_of_bin(bin), count);
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
    /// The negative pairs among all pairs, which were counted together.
    pub(crate) fn without(mut self, positives: &PositiveDistances) -> Self {
        for (place, run) in positives.runs() {
            let tied = 2 * place + 1;
            let (left, borrows) = self.slots[tied].overflowing_sub(run.len() as u32);
            self.slots[tied] = left;
            if borrows && let Some(carry) = self.carries.get_mut(&tied) {
                *carry -= 1;
            }
        }
        for (bin, positive) in self.bins.iter_mut().zip(positives.fine_counts()) {
            *bin -= positive;
        }
        self
    }

    /// Pairs in a slot.
    pub(crate) fn in_slot(&self, slot: usize) -> u64 {
        u64::from(self.slots[slot]) + CARRY * self.carries.get(&slot).copied().unwrap_or(0)
    }

    /// All pairs counted.
    pub(crate) fn total(&self) -> u64 {
        self.bins.iter().sum()
    }
}

/// The largest distance, 0 of none.
fn largest(distances: &[f64]) -> f64 {
    let mut lanes = [0.0_f64; 8];
    let (rows, rest) = distances.as_chunks::<8>();
    for row in rows.iter().map(|row| &row[..]).chain([rest]) {
        for (lane, &distance) in lanes.iter_mut().zip(row) {
            *lane = if distance > *lane { distance } else { *lane };
        }
    }
    lanes.into_iter().fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Steps;

    #[test]
    fn a_slot_counts_beyond_32_bits() {
        let steps = Steps::new(&(), 3);
        let positives = PositiveDistances::new(vec![0.5, 0.25, 0.5], FineBins::new(1.0), &steps);
        let positives = positives.expect("not interrupted");
        let counts = NegativeCounts::new(&positives);
        for pairs in [CARRY - 1, 1, 3 * CARRY + 5, CARRY - 6] {
            counts.add_pairs(3, pairs);
        }
        counts.add(&[0.1, 0.25, 0.3, 0.5, 0.5, 0.9]);
        let counted = counts.finish();
        let slots: Vec<u64> = (0..7).map(|slot| counted.in_slot(slot)).collect();
        assert_eq!(slots, [1, 1, 1, 5 * CARRY + 1, 0, 0, 1]);
        assert_eq!(counted.total(), 6);
        let negative = counted.without(&positives);
        let slots: Vec<u64> = (0..7).map(|slot| negative.in_slot(slot)).collect();
        assert_eq!(slots, [1, 0, 1, 5 * CARRY - 1, 0, 0, 1]);
        assert_eq!(negative.total(), 3);
    }

    #[test]
    fn many_slots_are_counted_as_few_are() {
        let positives: Vec<f64> = (0..OWN_SLOTS).map(|at| (at % 1000) as f64 / 1e3).collect();
        let few = positives[..1000].to_vec();
        let negatives: Vec<f64> = (0..5000).map(|at| f64::from(at % 1250) / 1.25e3).collect();
        let steps = Steps::new(&(), 1);
        let [many, few] = [positives, few].map(|positives| {
            let bins = FineBins::new(1.0);
            let positives = PositiveDistances::new(positives, bins, &steps);
            let positives = positives.expect("not interrupted");
            let counts = NegativeCounts::new(&positives);
            counts.add(&negatives);
            let counted = counts.finish();
            let slots = positives
                .runs()
                .flat_map(|(place, _)| [2 * place, 2 * place + 1]);
            slots.map(|slot| counted.in_slot(slot)).collect::<Vec<_>>()
        });
        assert_eq!(many, few);
    }
}
