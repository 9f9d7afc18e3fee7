//! Pairs counted by distance in many resamples of the samples at once.

use std::sync::{Mutex, PoisonError};

use crate::bootstrap::resampling::BootstrapConfig;
use crate::distance::euclidean::fold_pairs;
use crate::embeddings::Embeddings;
use crate::verification::histogram::FineBins;

/// Bins of distance.
const BINS: usize = 1024;
/// Negative pairs, then positive ones.
const KINDS: usize = 2;

/// The area under the ROC curve from binned distances: of the set itself, and of each resample. `None` where positive or
/// negative pairs are missing.
pub(crate) fn resampled_areas(
    embeddings: &Embeddings,
    config: BootstrapConfig,
) -> (Option<f64>, Vec<Option<f64>>) {
    let draws = Draws::new(embeddings.len(), config);
    let bins = FineBins::new(embeddings.largest_norm());
    let labels = embeddings.labels();
    let spare: Mutex<Vec<PairCounts>> = Mutex::default();
    let lock = || spare.lock().unwrap_or_else(PoisonError::into_inner);
    fold_pairs(
        embeddings.as_slice(),
        embeddings.dim(),
        || (),
        |(), index, distances| {
            let taken = lock().pop();
            let mut counts = taken.unwrap_or_else(|| PairCounts::new(draws.resamples));
            let cells = distances.iter().zip(index + 1..).map(|(&distance, other)| {
                let bin = bins.bin(distance) / (FineBins::COUNT / BINS);
                bin + BINS * usize::from(labels[index] == labels[other])
            });
            counts.add(&draws, index, cells);
            lock().push(counts);
        },
    );
    let mut areas = areas(
        &spare.into_inner().unwrap_or_else(PoisonError::into_inner),
        draws.resamples,
    );
    let resampled = areas.split_off(1);
    (areas[0], resampled)
}

/// How often each resample drew each sample. Resample 0 is the set itself: every sample once.
struct Draws {
    /// Row-major `[samples, resamples]`. A sample is drawn once on average, and practically never 256 times.
    numbers: Vec<u8>,
    resamples: usize,
}

impl Draws {
    fn new(samples: usize, config: BootstrapConfig) -> Self {
        let drawn = config.map(samples, |drawn| {
            let mut numbers = vec![0_u8; samples];
            for sample in drawn {
                numbers[sample] = numbers[sample].saturating_add(1);
            }
            numbers
        });
        let resamples = drawn.len() + 1;
        let mut numbers = vec![1; samples * resamples];
        for (sample, row) in numbers.chunks_exact_mut(resamples).enumerate() {
            for (number, drawn) in row[1..].iter_mut().zip(&drawn) {
                *number = drawn[sample];
            }
        }
        Self { numbers, resamples }
    }

    fn of(&self, sample: usize) -> &[u8] {
        &self.numbers[sample * self.resamples..(sample + 1) * self.resamples]
    }
}

/// Pairs by cell, that is bin and kind, and resample.
struct PairCounts {
    /// `[cells, resamples]`.
    counts: Vec<u64>,
    /// Of one sample's pairs, the other samples in order of their cell, and where each cell's begin.
    order: Vec<u32>,
    starts: Vec<usize>,
    cells: Vec<u16>,
    /// Of one sample's pairs in one cell, the sum of the other samples' numbers of draws.
    sums: Vec<u32>,
}

impl PairCounts {
    fn new(resamples: usize) -> Self {
        Self {
            counts: vec![0; KINDS * BINS * resamples],
            order: Vec::new(),
            starts: Vec::new(),
            cells: Vec::new(),
            sums: vec![0; resamples],
        }
    }

    /// Adds the pairs of `sample` with the samples after it, which lie in `cells`.
    fn add(&mut self, draws: &Draws, sample: usize, cells: impl Iterator<Item = usize>) {
        self.sort(sample, cells);
        let resamples = draws.resamples;
        let own = draws.of(sample);
        for (cell, counts) in self.counts.chunks_exact_mut(resamples).enumerate() {
            let others = &self.order[self.starts[cell]..self.starts[cell + 1]];
            if others.is_empty() {
                continue;
            }
            let sums = &mut self.sums;
            pulp::Arch::new().dispatch(
                #[inline(always)]
                || {
                    sums.fill(0);
                    for &other in others {
                        for (sum, &number) in sums.iter_mut().zip(draws.of(other as usize)) {
                            *sum += u32::from(number);
                        }
                    }
                    for ((count, &sum), &own) in counts.iter_mut().zip(&*sums).zip(own) {
                        *count += u64::from(sum) * u64::from(own);
                    }
                },
            );
        }
    }

    /// Sorts the samples after `sample` by cell, by counting.
    fn sort(&mut self, sample: usize, cells: impl Iterator<Item = usize>) {
        self.cells.clear();
        self.cells.extend(cells.map(|cell| cell as u16));
        self.starts.clear();
        self.starts.resize(KINDS * BINS + 1, 0);
        for &cell in &self.cells {
            self.starts[usize::from(cell) + 1] += 1;
        }
        for cell in 0..KINDS * BINS {
            self.starts[cell + 1] += self.starts[cell];
        }
        let mut next = self.starts.clone();
        self.order.resize(self.cells.len(), 0);
        for (&cell, other) in self.cells.iter().zip(sample as u32 + 1..) {
            let place = &mut next[usize::from(cell)];
            self.order[*place] = other;
            *place += 1;
        }
    }
}

fn areas(parts: &[PairCounts], resamples: usize) -> Vec<Option<f64>> {
    let total = |cell: usize, resample: usize| -> u64 {
        parts
            .iter()
            .map(|part| part.counts[cell * resamples + resample])
            .sum()
    };
    let mut accepted = vec![[0_u64; KINDS]; resamples];
    let mut twice = vec![0_u128; resamples];
    for bin in 0..BINS {
        for (resample, (accepted, twice)) in accepted.iter_mut().zip(&mut twice).enumerate() {
            let [negative, positive] = [total(bin, resample), total(BINS + bin, resample)];
            *twice += u128::from(negative) * u128::from(2 * accepted[1] + positive);
            accepted[0] += negative;
            accepted[1] += positive;
        }
    }
    accepted
        .iter()
        .zip(twice)
        .map(|([negatives, positives], twice)| {
            let pairs = 2 * u128::from(*negatives) * u128::from(*positives);
            (pairs > 0).then(|| twice as f64 / pairs as f64)
        })
        .collect()
}
