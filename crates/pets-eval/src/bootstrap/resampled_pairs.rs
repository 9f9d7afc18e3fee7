//! Pairs counted by distance in many resamples of the samples at once.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use pulp::{Arch, Simd, WithSimd};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::bootstrap::resampling::BootstrapConfig;
use crate::classes::{Classes, unordered_pairs};
use crate::distance::euclidean::{euclidean, fold_pairs};
use crate::embeddings::Embeddings;
use crate::error::EvalError;
use crate::progress::{Part, Progress, Steps};
use crate::verification::histogram::FineBins;
use crate::verification::pair_sampling::PairOrder;

/// Bins of distance.
const BINS: usize = 1024;
/// Negative pairs, then positive ones.
const KINDS: usize = 2;
/// Most pairs, times resamples, of which all are counted.
const MOST_COUNTED: u64 = 30_000_000_000;
/// Pairs, times resamples, that are counted where there are more than that.
const SAMPLED: u64 = 10_000_000_000;
/// Pairs that a thread collects before it counts them: so few that the products of two numbers of draws, of 8 bits each,
/// add up within 32 bits.
const PENDING: usize = 1 << 16;
/// Sampled pairs that are drawn from one random stream, and the first of these streams; the resamples have those before.
const SAMPLE_CHUNK: u64 = 1 << 14;
const FIRST_STREAM: u64 = 1 << 32;
/// Share of the work that is done when the resamples are drawn.
const DRAWN: f64 = 0.1;

/// Areas under the ROC curve from binned distances; `None` where positive or negative pairs are missing.
pub(crate) struct Areas {
    /// Of the set itself.
    pub(crate) itself: Option<f64>,
    /// Of each resample.
    pub(crate) resampled: Vec<Option<f64>>,
    /// Number of pairs that they are of, where that is not all.
    pub(crate) sampled_pairs: Option<u64>,
}

/// Judges all resamples by the same pairs.
pub(crate) fn resampled_areas(
    embeddings: &Embeddings,
    config: BootstrapConfig,
    progress: &dyn Progress,
) -> Result<Areas, EvalError> {
    let draws = Draws::new(embeddings.len(), config, &Part::new(progress, 0.0, DRAWN))?;
    let progress = Part::new(progress, DRAWN, 1.0);
    let resamples = config.resamples as u64;
    let counted = CountedPairs::new(&draws, FineBins::new(embeddings.largest_norm()));
    let all = unordered_pairs(embeddings.len());
    let sampled_pairs = (all > MOST_COUNTED / resamples).then_some(SAMPLED / resamples);
    match sampled_pairs {
        Some(pairs) => counted.count_sample(embeddings, pairs, config.seed, &progress)?,
        None => counted.count_all(embeddings, &progress)?,
    }
    let mut areas = areas(&counted.finish(), draws.resamples);
    let resampled = areas.split_off(1);
    Ok(Areas {
        itself: areas[0],
        resampled,
        sampled_pairs,
    })
}

/// Pairs counted from many threads.
struct CountedPairs<'a> {
    draws: &'a Draws,
    bins: FineBins,
    /// As many as threads have counted at once.
    spare: Mutex<Vec<PairCounts>>,
}

impl<'a> CountedPairs<'a> {
    fn new(draws: &'a Draws, bins: FineBins) -> Self {
        Self {
            draws,
            bins,
            spare: Mutex::default(),
        }
    }

    fn count_all(&self, embeddings: &Embeddings, progress: &dyn Progress) -> Result<(), EvalError> {
        let labels = embeddings.labels();
        let steps = Steps::new(progress, unordered_pairs(embeddings.len()));
        fold_pairs(
            embeddings.as_slice(),
            embeddings.dim(),
            &steps,
            || (),
            |(), index, distances| {
                let others = distances.iter().zip(index + 1..);
                self.add(others.map(|(&distance, other)| {
                    self.pair([index, other], distance, labels[index] == labels[other])
                }));
            },
        )?;
        Ok(())
    }

    /// Counts `most` pairs, half of them positive where there are enough of both kinds: all of a kind, or one out of each
    /// of equally many stretches of them.
    fn count_sample(
        &self,
        embeddings: &Embeddings,
        most: u64,
        seed: u64,
        progress: &dyn Progress,
    ) -> Result<(), EvalError> {
        let classes = Classes::new(embeddings.labels());
        let order = PairOrder::new(&classes);
        let (positive, negative) = (order.positive_pairs(), order.negative_pairs());
        let negatives = negative.min(most - positive.min(most / 2));
        let positives = positive.min(most - negatives);
        let steps = Steps::new(progress, most);
        let distance = |[a, b]: [usize; 2]| euclidean(embeddings.row(a), embeddings.row(b));
        let count =
            |kind: u64, amount: u64, all: u64, named: &(dyn Fn(usize) -> (usize, usize) + Sync)| {
                let chunks = (0..amount.div_ceil(SAMPLE_CHUNK)).into_par_iter();
                chunks.try_for_each(|chunk| {
                    let mut rng = ChaCha8Rng::seed_from_u64(seed);
                    rng.set_stream(FIRST_STREAM + KINDS as u64 * chunk + kind);
                    let strata = chunk * SAMPLE_CHUNK..amount.min((chunk + 1) * SAMPLE_CHUNK);
                    let pairs = (strata.end - strata.start) as usize;
                    self.add(strata.map(|stratum| {
                        let (a, b) =
                            named(rng.random_range(stretch(stratum, amount, all)) as usize);
                        self.pair([a, b], distance([a, b]), kind == 1)
                    }));
                    steps.advance(pairs)
                })
            };
        count(0, negatives, negative, &|pair| order.negative(pair))?;
        count(1, positives, positive, &|pair| order.positive(pair))
    }

    fn pair(&self, samples: [usize; 2], distance: f64, positive: bool) -> Pair {
        let bin = self.bins.bin(distance) / (FineBins::COUNT / BINS);
        Pair {
            cell: (bin + BINS * usize::from(positive)) as u16,
            samples: samples.map(|sample| sample as u32),
        }
    }

    fn add(&self, pairs: impl Iterator<Item = Pair>) {
        let lock = || self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let spare = lock().pop();
        let mut counts = spare.unwrap_or_else(|| PairCounts::new(self.draws.resamples));
        for pair in pairs {
            counts.add(self.draws, pair);
        }
        lock().push(counts);
    }

    fn finish(self) -> Vec<PairCounts> {
        let mut counts = self
            .spare
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        for counts in &mut counts {
            counts.count_pending(self.draws);
        }
        counts
    }
}

/// Stretch `number` of `amount` that `all` are divided into.
fn stretch(number: u64, amount: u64, all: u64) -> Range<u64> {
    let start = |number: u64| (u128::from(number) * u128::from(all) / u128::from(amount)) as u64;
    start(number)..start(number + 1)
}

/// How often each resample drew each sample. Resample 0 is the set itself: every sample once.
struct Draws {
    /// Row-major `[samples, resamples]`. A sample is drawn once on average, and practically never 256 times.
    numbers: Vec<u8>,
    resamples: usize,
}

impl Draws {
    fn new(
        samples: usize,
        config: BootstrapConfig,
        progress: &dyn Progress,
    ) -> Result<Self, EvalError> {
        let steps = Steps::new(progress, (config.resamples + samples) as u64);
        let drawn = config.map(samples, &steps, |drawn| {
            let mut numbers = vec![0_u8; samples];
            for sample in drawn {
                numbers[sample] = numbers[sample].saturating_add(1);
            }
            numbers
        })?;
        let resamples = drawn.len() + 1;
        let mut numbers = vec![1; samples * resamples];
        let rows = numbers.par_chunks_exact_mut(resamples).enumerate();
        rows.try_for_each(|(sample, row)| {
            for (number, drawn) in row[1..].iter_mut().zip(&drawn) {
                *number = drawn[sample];
            }
            steps.advance(1)
        })?;
        Ok(Self { numbers, resamples })
    }

    fn of(&self, sample: usize) -> &[u8] {
        &self.numbers[sample * self.resamples..(sample + 1) * self.resamples]
    }
}

/// Two samples, and the bin and kind of their pair.
struct Pair {
    cell: u16,
    samples: [u32; 2],
}

/// Pairs by cell, that is bin and kind, and resample.
struct PairCounts {
    /// `[cells, resamples]`.
    counts: Vec<u64>,
    /// Pairs that are not counted yet.
    pending: Vec<Pair>,
    /// The pending pairs of one cell in each resample.
    sums: Vec<u32>,
}

impl PairCounts {
    fn new(resamples: usize) -> Self {
        Self {
            counts: vec![0; KINDS * BINS * resamples],
            pending: Vec::with_capacity(PENDING),
            sums: vec![0; resamples],
        }
    }

    fn add(&mut self, draws: &Draws, pair: Pair) {
        self.pending.push(pair);
        if self.pending.len() == PENDING {
            self.count_pending(draws);
        }
    }

    /// Counts pairs as often as the product of their samples' numbers of draws, cell by cell.
    fn count_pending(&mut self, draws: &Draws) {
        self.pending.sort_unstable_by_key(|pair| pair.cell);
        for pairs in self.pending.chunk_by(|a, b| a.cell == b.cell) {
            let first = usize::from(pairs[0].cell) * draws.resamples;
            let counts = &mut self.counts[first..first + draws.resamples];
            self.sums.fill(0);
            Arch::new().dispatch(AddProducts {
                draws,
                pairs,
                sums: &mut self.sums,
            });
            for (count, &sum) in counts.iter_mut().zip(&self.sums) {
                *count += u64::from(sum);
            }
        }
        self.pending.clear();
    }
}

/// The sum of the products of numbers of draws, compiled for each vector width and chosen at run time.
struct AddProducts<'a> {
    draws: &'a Draws,
    pairs: &'a [Pair],
    sums: &'a mut [u32],
}

impl WithSimd for AddProducts<'_> {
    type Output = ();

    #[expect(
        clippy::inline_always,
        reason = "compiled for the vector width that was found"
    )]
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for pair in self.pairs {
            let [a, b] = pair.samples.map(|sample| self.draws.of(sample as usize));
            for ((sum, &a), &b) in self.sums.iter_mut().zip(a).zip(b) {
                *sum += u32::from(u16::from(a) * u16::from(b));
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_hold_each_number_once() {
        for (amount, all) in [(1, 1), (3, 10), (7, 7), (5, u64::MAX)] {
            let stretches: Vec<_> = (0..amount).map(|at| stretch(at, amount, all)).collect();
            assert_eq!(
                (stretches[0].start, stretches[amount as usize - 1].end),
                (0, all)
            );
            assert!(stretches.windows(2).all(|two| two[0].end == two[1].start));
            assert!(stretches.iter().all(|stretch| !stretch.is_empty()));
        }
    }

    #[test]
    fn the_most_draws_of_pending_pairs_add_up() {
        let draws = Draws {
            numbers: vec![u8::MAX; 2],
            resamples: 1,
        };
        let mut counts = PairCounts::new(1);
        for _ in 0..PENDING {
            let samples = [0, 1];
            counts.add(&draws, Pair { cell: 3, samples });
        }
        assert_eq!(counts.counts[3], PENDING as u64 * 255 * 255);
    }

    #[test]
    fn areas_of_a_sample_are_close_to_those_of_all_pairs() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let data = (0..3000).map(|at| (at % 3) as f32 + rng.random_range(-1.0..1.0));
        let labels = (0..3000).map(|at| at % 3).collect();
        let embeddings = Embeddings::new(data.collect(), 1, labels).expect("valid");
        let config = BootstrapConfig {
            resamples: 20,
            seed: 3,
        };
        let draws = Draws::new(embeddings.len(), config, &()).expect("not interrupted");
        let [all, sample, again] = [None, Some(200_000), Some(200_000)].map(|most| {
            let counted = CountedPairs::new(&draws, FineBins::new(embeddings.largest_norm()));
            match most {
                Some(most) => counted.count_sample(&embeddings, most, 9, &()),
                None => counted.count_all(&embeddings, &()),
            }
            .expect("not interrupted");
            areas(&counted.finish(), draws.resamples)
        });
        assert_eq!(sample, again);
        let off = |at: usize| all[at].zip(sample[at]).map(|(all, sample)| sample - all);
        let error = off(0).expect("defined");
        assert!(error.abs() < 5e-3, "{error}");
        for at in 1..draws.resamples {
            // The error of the set itself is that of its resamples, but for a little.
            let left = off(at).expect("defined") - error;
            assert!(left.abs() < 5e-3, "{left}");
        }
    }
}
