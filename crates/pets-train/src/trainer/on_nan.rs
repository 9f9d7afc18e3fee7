//! What is done where numbers stop being finite.

use std::fmt;
use std::str::FromStr;

use crate::error::TrainError;
use crate::names;

/// What is done where the loss or its gradients stop being finite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnNan {
    /// Training ends; the last checkpoint and the best model are kept.
    #[default]
    Stop,
    /// The batch, or the step whose gradients they are, is left out as if it had not been drawn, unless that happens more
    /// than `at_most` times in a row.
    Skip {
        /// Batches or steps in a row that may be left out.
        at_most: usize,
    },
}

impl OnNan {
    /// This kind with the usual number: at most 10 in a row are left out.
    pub const fn new(kind: OnNanKind) -> Self {
        match kind {
            OnNanKind::Stop => Self::Stop,
            OnNanKind::Skip => Self::Skip { at_most: 10 },
        }
    }
}

/// The name of an [`OnNan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OnNanKind {
    /// `stop`: [`OnNan::Stop`].
    #[default]
    Stop,
    /// `skip`: [`OnNan::Skip`].
    Skip,
}

impl OnNanKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Stop, Self::Skip];
}

impl fmt::Display for OnNanKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stop => "stop",
            Self::Skip => "skip",
        })
    }
}

impl FromStr for OnNanKind {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        names::find("answer to numbers that are not finite", &Self::ALL, name)
    }
}
