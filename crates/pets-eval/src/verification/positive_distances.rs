//! The distances of the positive pairs.

use std::ops::RangeInclusive;

use crate::error::EvalError;
use crate::progress::Steps;
use crate::verification::histogram::FineBins;

/// Distances that are sorted at a time.
const SORTED_AT_ONCE: usize = 1 << 20;
/// As many distances are compared at once.
const FEW: usize = 16;

/// Distances of the positive pairs, sorted: the places between which negative pairs are counted.
///
/// Place i is the position of a distance's first occurrence. Slot `2 i` lies between place i and the distinct distance
/// before it, slot `2 i + 1` holds what is equal to place i, and the last slot lies above all.
pub(crate) struct PositiveDistances {
    bins: FineBins,
    sorted: Vec<f64>,
    /// For each fine bin, the number of distances in the bins before it; one more entry for the end.
    bin_start: Vec<u32>,
}

impl PositiveDistances {
    /// Sorts the distances; each is a step.
    pub(crate) fn new(
        mut distances: Vec<f64>,
        bins: FineBins,
        steps: &Steps<'_>,
    ) -> Result<Self, EvalError> {
        sort(&mut distances, steps)?;
        let mut bin_start = vec![0; FineBins::COUNT + 1];
        for &distance in &distances {
            bin_start[bins.bin(distance) + 1] += 1;
        }
        for bin in 0..FineBins::COUNT {
            bin_start[bin + 1] += bin_start[bin];
        }
        Ok(Self {
            bins,
            sorted: distances,
            bin_start,
        })
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

    /// The fine bins.
    pub(crate) fn bins(&self) -> FineBins {
        self.bins
    }

    /// Number of slots.
    pub(crate) fn slots(&self) -> usize {
        2 * self.sorted.len() + 1
    }

    /// Number of positive pairs.
    pub(crate) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Positive pairs in each fine bin.
    pub(crate) fn fine_counts(&self) -> Vec<u64> {
        self.bin_start
            .windows(2)
            .map(|ends| u64::from(ends[1] - ends[0]))
            .collect()
    }

    /// Whether a positive pair lies in a fine bin.
    pub(crate) fn holds_any(&self, bin: usize) -> bool {
        self.bin_start[bin] < self.bin_start[bin + 1]
    }

    /// Slot of all distances in a bin that holds no positive pair.
    pub(crate) fn slot_of_bin(&self, bin: usize) -> usize {
        2 * self.bin_start[bin] as usize
    }

    /// Slot of a distance in a bin.
    #[expect(
        clippy::inline_always,
        reason = "must be compiled for the caller's instructions"
    )]
    #[inline(always)]
    pub(crate) fn slot(&self, bin: usize, distance: f64) -> usize {
        let [start, end] = [bin, bin + 1].map(|bin| self.bin_start[bin] as usize);
        let place = match self.sorted[start..].first_chunk::<FEW>() {
            // Those of later bins are not smaller.
            Some(next) if end - start <= FEW => {
                let smaller: u8 = next.iter().map(|&other| u8::from(other < distance)).sum();
                start + usize::from(smaller)
            }
            _ => start + self.sorted[start..end].partition_point(|&other| other < distance),
        };
        2 * place + usize::from(self.sorted.get(place) == Some(&distance))
    }

    /// Cells that a bin and its slots make: slot and bin, each of which rises with the distance, add up to the number of a
    /// cell.
    pub(crate) fn cells(&self, bin: usize) -> RangeInclusive<usize> {
        let [start, end] = [bin, bin + 1].map(|bin| 2 * self.bin_start[bin] as usize);
        bin + start..=bin + end
    }
}

/// Sorts, asking again and again whether to go on.
fn sort(distances: &mut [f64], steps: &Steps<'_>) -> Result<(), EvalError> {
    let count = distances.len();
    if count <= SORTED_AT_ONCE {
        distances.sort_unstable_by(f64::total_cmp);
        return steps.advance(count);
    }
    distances.select_nth_unstable_by(count / 2, f64::total_cmp);
    let (low, high) = distances.split_at_mut(count / 2);
    let (low, high) = rayon::join(|| sort(low, steps), || sort(high, steps));
    low.and(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sorted_in_parts_is_sorted() {
        let mut distances: Vec<f64> = (0..3 * SORTED_AT_ONCE)
            .map(|at| (at * 7919 % 1_000_003) as f64)
            .collect();
        let mut expected = distances.clone();
        expected.sort_by(f64::total_cmp);
        sort(&mut distances, &Steps::new(&(), 1)).expect("not interrupted");
        assert_eq!(distances, expected);
        let ended = sort(&mut distances, &Steps::new(&|_| false, 1));
        assert_eq!(ended, Err(EvalError::Interrupted));
    }
}
