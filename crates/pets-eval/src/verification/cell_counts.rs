//! Distances counted by bin and slot, where the slots of the positive distances are few enough for a thread to have its own.

use pulp::{Arch, Simd, WithSimd};

use crate::verification::histogram::FineBins;
use crate::verification::positive_distances::PositiveDistances;

/// Most slots of which each thread has its own counts.
pub(crate) const OWN_SLOTS: usize = 1 << 19;
/// Distances that are counted together, and the bins that they lie in.
const BUCKET: usize = 256;
const BUCKET_BINS: usize = 512;
const BUCKETS: usize = FineBins::COUNT / BUCKET_BINS;
/// Distances after which cells are to be emptied, so that 32 bits hold them: far fewer than that are added at a time.
const MOST: usize = 1 << 31;

/// One thread's counts.
pub(crate) struct CellCounts {
    /// Distances in each cell of bins and slots: one count tells both.
    cells: Vec<u32>,
    /// Distances of neighbouring bins, which are counted together: all cells do not fit a cache, but theirs do.
    buckets: Vec<[f64; BUCKET]>,
    /// How many each bucket holds.
    lengths: [u16; BUCKETS],
    /// Distances in cells and buckets.
    held: usize,
}

impl CellCounts {
    pub(crate) fn new(positives: &PositiveDistances) -> Self {
        Self {
            cells: vec![0; positives.slots() + FineBins::COUNT],
            buckets: vec![[0.0; BUCKET]; BUCKETS],
            lengths: [0; BUCKETS],
            held: 0,
        }
    }

    pub(crate) fn count(&mut self, positives: &PositiveDistances, distances: &[f64]) {
        let bins = positives.bins();
        for &distance in distances {
            let bucket = bins.bin(distance) / BUCKET_BINS;
            let length = usize::from(self.lengths[bucket]);
            self.buckets[bucket][length] = distance;
            self.lengths[bucket] += 1;
            if length + 1 == BUCKET {
                self.empty_bucket(positives, bucket);
            }
        }
        self.held += distances.len();
    }

    /// Whether no more may be counted before [`empty`](Self::empty).
    pub(crate) fn is_full(&self) -> bool {
        self.held >= MOST
    }

    /// Hands out what is held: `take(bin, slot, distances)`.
    pub(crate) fn empty(
        &mut self,
        positives: &PositiveDistances,
        mut take: impl FnMut(usize, usize, u64),
    ) {
        for bucket in 0..BUCKETS {
            self.empty_bucket(positives, bucket);
        }
        for bin in 0..FineBins::COUNT {
            for cell in positives.cells(bin) {
                take(
                    bin,
                    cell - bin,
                    u64::from(std::mem::take(&mut self.cells[cell])),
                );
            }
        }
        self.held = 0;
    }

    fn empty_bucket(&mut self, positives: &PositiveDistances, bucket: usize) {
        let length = usize::from(std::mem::take(&mut self.lengths[bucket]));
        Arch::new().dispatch(CountBucket {
            positives,
            distances: &self.buckets[bucket][..length],
            cells: &mut self.cells,
        });
    }
}

/// The counting of a bucket, compiled for each vector width and chosen at run time.
struct CountBucket<'a> {
    positives: &'a PositiveDistances,
    distances: &'a [f64],
    cells: &'a mut [u32],
}

impl WithSimd for CountBucket<'_> {
    type Output = ();

    #[expect(
        clippy::inline_always,
        reason = "compiled for the vector width that was found"
    )]
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        // Where distances are equal, as those of rows of one value are, the cell is found once.
        let (mut last, mut cell) = (f64::NAN, 0);
        for &distance in self.distances {
            if distance.total_cmp(&last).is_ne() {
                let bin = self.positives.bins().bin(distance);
                (last, cell) = (distance, bin + self.positives.slot(bin, distance));
            }
            self.cells[cell] += 1;
        }
    }
}
