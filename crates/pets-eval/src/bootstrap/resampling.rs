//! Resampling with replacement, and what becomes of its results.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::EvalError;
use crate::progress::Steps;

/// Ends of the interval, as shares of the resamples below them.
const ENDS: [f64; 2] = [0.025, 0.975];
const MOST_RESAMPLES: usize = 10_000;

/// How a bootstrap resamples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootstrapConfig {
    /// Number of resamples, 2 to 10,000.
    pub resamples: usize,
    /// Seed of all draws.
    pub seed: u64,
}

impl Default for BootstrapConfig {
    /// 1,000 resamples, seed 42.
    fn default() -> Self {
        Self {
            resamples: 1000,
            seed: 42,
        }
    }
}

impl BootstrapConfig {
    pub(crate) fn check(self) -> Result<(), EvalError> {
        if (2..=MOST_RESAMPLES).contains(&self.resamples) {
            return Ok(());
        }
        Err(EvalError::setting(
            "resamples",
            &self.resamples,
            "it must be 2 to 10,000",
        ))
    }

    /// Calls `resample` once for each resample, with the `size` units that it draws out of as many. The draws depend on
    /// the seed, the size and the resample's number alone. A resample is a step.
    pub(crate) fn map<T: Send>(
        self,
        size: usize,
        steps: &Steps<'_>,
        resample: impl Fn(&mut dyn Iterator<Item = usize>) -> T + Sync,
    ) -> Result<Vec<T>, EvalError> {
        (0..self.resamples)
            .into_par_iter()
            .map(|number| {
                let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
                rng.set_stream(number as u64);
                steps.advance(1)?;
                Ok(resample(&mut (0..size).map(|_| rng.random_range(0..size))))
            })
            .collect()
    }
}

/// A 95 % interval by the percentile bootstrap (Efron 1979): its ends cut off 2.5 % of the resampled values each, linearly
/// interpolated between neighbouring values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Of at least one value.
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_by(f64::total_cmp);
        let [low, high] = ENDS.map(|share| {
            let place = share * (sorted.len() - 1) as f64;
            let (below, above) = (
                sorted[place.floor() as usize],
                sorted[place.ceil() as usize],
            );
            below + (above - below) * place.fract()
        });
        Self { low, high }
    }
}

/// A metric of two models on the same samples, and their difference in the same resamples of these.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Value of model A.
    pub a: f64,
    /// Value of model B.
    pub b: f64,
    /// `a - b`.
    pub difference: f64,
    /// 95 % interval of the difference.
    pub interval: Interval,
    /// Share of resamples in which A is strictly better than B.
    pub share_a_better: f64,
}

impl Difference {
    /// From the values and at least one pair of resampled values.
    pub(crate) fn new(a: f64, b: f64, resampled: &[[f64; 2]]) -> Self {
        let better = resampled.iter().filter(|[a, b]| a > b).count();
        Self {
            a,
            b,
            difference: a - b,
            interval: Interval::of(resampled.iter().map(|[a, b]| a - b)),
            share_a_better: better as f64 / resampled.len() as f64,
        }
    }
}
