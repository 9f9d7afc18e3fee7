#![doc = include_str!("../README.md")]

mod process;

use std::fmt;
use std::hint::black_box;
use std::time::Instant;

use serde::{Deserialize, Serialize};

/// What one job took. Its display is a line of JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// What was done.
    pub job: String,
    /// How many things (images, rows) each repeat worked through.
    pub items: usize,
    /// Wall time of each repeat.
    pub seconds: Vec<f64>,
    /// User and system time of all threads for one repeat, on average; zero where the system does not tell.
    pub cpu_seconds: f64,
    /// The most memory that the process has held up to now, in MiB; zero where the system does not tell.
    pub peak_mib: u64,
}

impl Measurement {
    /// The fastest repeat: what the job takes when nothing is in its way.
    pub fn best(&self) -> f64 {
        self.seconds.iter().copied().fold(f64::INFINITY, f64::min)
    }
}

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        f.write_str(&json)
    }
}

/// Runs a job once without the clock, then `repeats` times with it.
pub fn measure<R>(
    job: impl Into<String>,
    items: usize,
    repeats: usize,
    mut run: impl FnMut() -> R,
) -> Measurement {
    black_box(run());
    let cpu_before = process::cpu_seconds();
    let seconds = (0..repeats)
        .map(|_| {
            let start = Instant::now();
            black_box(run());
            start.elapsed().as_secs_f64()
        })
        .collect();
    Measurement {
        job: job.into(),
        items,
        seconds,
        cpu_seconds: (process::cpu_seconds() - cpu_before) / repeats.max(1) as f64,
        peak_mib: process::peak_mib(),
    }
}
