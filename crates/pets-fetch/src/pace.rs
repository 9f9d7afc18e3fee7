//! How fast an attempt is.

use std::time::Instant;

use crate::connection::Broken;
use crate::patience::Patience;

/// Measures the rate of an attempt, window by window.
pub(crate) struct Pace {
    patience: Patience,
    since: Instant,
    bytes: u64,
}

impl Pace {
    pub(crate) fn new(patience: Patience) -> Self {
        Self {
            patience,
            since: Instant::now(),
            bytes: 0,
        }
    }

    pub(crate) fn received(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }

    /// Holds the window that has just ended, if one has, against the least rate.
    pub(crate) fn check(&mut self) -> Result<(), Broken> {
        let Patience {
            least_rate,
            rate_window,
            ..
        } = self.patience;
        if self.since.elapsed() < rate_window {
            return Ok(());
        }
        if self.bytes < self.patience.least_bytes() {
            return Err(Broken::Passing(format!(
                "the server sends less than the least rate of {least_rate} bytes per second, over {} s",
                rate_window.as_secs_f64()
            )));
        }
        *self = Self::new(self.patience);
        Ok(())
    }
}
