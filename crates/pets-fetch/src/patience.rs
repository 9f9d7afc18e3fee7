//! How much is put up with.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

/// How long to put up with a network that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Attempts in a row that bring less than [`least_rate`](Self::least_rate) brings in one
    /// [`rate_window`](Self::rate_window), before giving up; at least 1.
    pub attempts: usize,
    /// The pause after the first failure; each further one doubles it, up to `longest_pause`.
    pub first_pause: Duration,
    /// The longest pause between attempts.
    pub longest_pause: Duration,
    /// How long a server may say nothing before the connection counts as lost.
    pub silence: Duration,
    /// Bytes per second; what brings fewer in a [`rate_window`](Self::rate_window) counts as a failed attempt. 0 for no
    /// such limit.
    pub least_rate: u64,
    /// The time over which the rate is measured, again and again.
    pub rate_window: Duration,
    /// How long a download may take, all its attempts and pauses together.
    pub deadline: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            silence: Duration::from_secs(30),
            least_rate: 1024,
            rate_window: Duration::from_secs(30),
            deadline: Duration::from_hours(6),
        }
    }
}

impl Patience {
    /// Bytes that the least rate brings in its window.
    pub(crate) fn least_bytes(&self) -> u64 {
        (self.least_rate as f64 * self.rate_window.as_secs_f64()) as u64
    }

    pub(crate) fn pauses(&self) -> impl Iterator<Item = Duration> + use<> {
        ExponentialBuilder::default()
            .with_min_delay(self.first_pause)
            .with_max_delay(self.longest_pause)
            .with_max_times(self.attempts)
            .with_jitter()
            .build()
    }
}
