//! Names of the schedules.

use std::fmt;
use std::str::FromStr;

use crate::error::TrainError;
use crate::names;

/// The name of a [`Schedule`](crate::Schedule).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ScheduleKind {
    /// `warmup_cosine`: [`Schedule::WarmupCosine`](crate::Schedule::WarmupCosine).
    #[default]
    WarmupCosine,
    /// `none`: [`Schedule::None`](crate::Schedule::None).
    None,
    /// `step`: [`Schedule::Step`](crate::Schedule::Step).
    Step,
    /// `plateau`: [`Schedule::Plateau`](crate::Schedule::Plateau).
    Plateau,
    /// `cosine`: [`Schedule::Cosine`](crate::Schedule::Cosine).
    Cosine,
}

impl ScheduleKind {
    /// Every schedule.
    pub const ALL: [Self; 5] = [
        Self::WarmupCosine,
        Self::None,
        Self::Step,
        Self::Plateau,
        Self::Cosine,
    ];

    /// Whether the rates of an epoch depend on how many epochs there are; where they do not, a run may be given more of
    /// them when it goes on.
    pub const fn is_spread_over_the_run(self) -> bool {
        match self {
            Self::WarmupCosine | Self::Cosine => true,
            Self::None | Self::Step | Self::Plateau => false,
        }
    }

    /// Whether the rate goes down to `min_lr`.
    pub const fn has_lowest_rate(self) -> bool {
        match self {
            Self::WarmupCosine | Self::Plateau | Self::Cosine => true,
            Self::None | Self::Step => false,
        }
    }
}

impl fmt::Display for ScheduleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WarmupCosine => "warmup_cosine",
            Self::None => "none",
            Self::Step => "step",
            Self::Plateau => "plateau",
            Self::Cosine => "cosine",
        })
    }
}

impl FromStr for ScheduleKind {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        names::find("schedule", &Self::ALL, name)
    }
}
