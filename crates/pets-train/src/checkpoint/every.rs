//! How often a run is written to the disk.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::TrainError;

/// How often a checkpoint is written, in text such as `1 epoch`, `200 steps`, `10 minutes`, `2 hours`.
///
/// ```
/// use pets_train::CheckpointEvery;
///
/// let every: CheckpointEvery = "90 minutes".parse()?;
/// assert_eq!(every.to_string(), "90 minutes");
/// # Ok::<(), pets_train::TrainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum CheckpointEvery {
    /// After so many epochs, validation included.
    Epochs(NonZeroUsize),
    /// After so many steps of the optimizer.
    Steps(NonZeroUsize),
    /// After the first step that ends so many minutes after the last checkpoint.
    Minutes(NonZeroUsize),
}

impl Default for CheckpointEvery {
    /// Every 5 minutes.
    fn default() -> Self {
        Self::Minutes(const { NonZeroUsize::new(5).unwrap() })
    }
}

impl CheckpointEvery {
    /// Whether a checkpoint is due behind the given step of the run, `elapsed` after the last one.
    pub(crate) fn due_after_step(self, steps: u64, elapsed: Duration) -> bool {
        match self {
            Self::Epochs(_) => false,
            Self::Steps(count) => steps.is_multiple_of(count.get() as u64),
            Self::Minutes(count) => elapsed >= Duration::from_mins(count.get() as u64),
        }
    }

    /// Whether a checkpoint is due behind the given number of epochs.
    pub(crate) fn due_after_epoch(self, epochs: usize) -> bool {
        match self {
            Self::Epochs(count) => epochs.is_multiple_of(count.get()),
            Self::Steps(_) | Self::Minutes(_) => false,
        }
    }
}

impl fmt::Display for CheckpointEvery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self {
            Self::Epochs(count) => (count.get(), "epoch"),
            Self::Steps(count) => (count.get(), "step"),
            Self::Minutes(count) => (count.get(), "minute"),
        };
        write!(f, "{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

impl FromStr for CheckpointEvery {
    type Err = TrainError;

    fn from_str(text: &str) -> Result<Self, TrainError> {
        let parsed = text.trim().split_once(' ').and_then(|(count, unit)| {
            let count: NonZeroUsize = count.parse().ok()?;
            match unit.trim().trim_end_matches('s') {
                "epoch" => Some(Self::Epochs(count)),
                "step" => Some(Self::Steps(count)),
                "minute" => Some(Self::Minutes(count)),
                "hour" => Some(Self::Minutes(
                    count.checked_mul(const { NonZeroUsize::new(60).unwrap() })?,
                )),
                _ => None,
            }
        });
        // Longer than a year of minutes is never; the bound keeps every sum of seconds in range.
        parsed
            .filter(|every| !matches!(every, Self::Minutes(count) if count.get() > 527_040))
            .ok_or_else(|| {
                TrainError::InvalidConfig(format!(
                    "`{text}` is no distance of checkpoints; write `1 epoch`, `200 steps` or `10 minutes`"
                ))
            })
    }
}

impl TryFrom<String> for CheckpointEvery {
    type Error = TrainError;

    fn try_from(text: String) -> Result<Self, TrainError> {
        text.parse()
    }
}

impl From<CheckpointEvery> for String {
    fn from(every: CheckpointEvery) -> Self {
        every.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["1 epoch", "3 epochs", "200 steps", "10 minutes", "1 minute"] {
            let every: CheckpointEvery = text.parse().unwrap();
            assert_eq!(every.to_string(), text);
        }
        let hours: CheckpointEvery = "2 hours".parse().unwrap();
        assert_eq!(hours.to_string(), "120 minutes");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "epoch",
            "10",
            "0 steps",
            "-1 steps",
            "1.5 minutes",
            "3 days",
            "99999999999999999 hours",
        ] {
            text.parse::<CheckpointEvery>().unwrap_err();
        }
    }

    #[test]
    fn each_unit_is_due_at_its_own_ends() {
        let at = |text: &str| text.parse::<CheckpointEvery>().unwrap();
        let minutes = Duration::from_mins(10);
        assert!(at("4 steps").due_after_step(8, Duration::ZERO));
        assert!(!at("4 steps").due_after_step(9, minutes));
        assert!(at("10 minutes").due_after_step(9, minutes));
        assert!(!at("11 minutes").due_after_step(9, minutes));
        assert!(at("2 epochs").due_after_epoch(4) && !at("2 epochs").due_after_epoch(5));
        assert!(!at("2 epochs").due_after_step(2, minutes));
    }
}
