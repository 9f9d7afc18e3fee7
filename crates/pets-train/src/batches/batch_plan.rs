//! How an epoch's batches are drawn.

use std::fmt;
use std::str::FromStr;

use pets_data::Sampler;

use crate::error::TrainError;
use crate::names;

/// How an epoch's batches are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchPlan {
    /// By the labels alone.
    Fixed(Sampler),
    /// Classes that the model confuses are put into the same batch: every `every` epochs, but not before the first is
    /// done, the training part is embedded and its hardest negatives are mined. Until then as
    /// [`Sampler::MPerClass`].
    HardNegatives {
        /// Images of a class in a batch.
        m: usize,
        /// Classes that are mined for each other: an anchor class and those it is confused with.
        group: usize,
        /// Epochs between two minings; at least 1.
        every: usize,
    },
}

impl BatchPlan {
    /// A plan of this kind with the usual numbers: 4 images of a class in a batch, and 4 classes in a group, mined anew
    /// for every epoch.
    pub const fn new(kind: SamplerKind) -> Self {
        match kind {
            SamplerKind::MPerClass => Self::Fixed(Sampler::MPerClass { m: 4 }),
            SamplerKind::Shuffle => Self::Fixed(Sampler::Shuffle),
            SamplerKind::HardNegative => Self::HardNegatives {
                m: 4,
                group: 4,
                every: 1,
            },
        }
    }
}

impl Default for BatchPlan {
    /// [`SamplerKind::MPerClass`] with 4 images of a class.
    fn default() -> Self {
        Self::new(SamplerKind::default())
    }
}

/// The name of a [`BatchPlan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SamplerKind {
    /// `m_per_class`: [`Sampler::MPerClass`].
    #[default]
    MPerClass,
    /// `shuffle`: [`Sampler::Shuffle`].
    Shuffle,
    /// `hard_negative`: [`BatchPlan::HardNegatives`].
    HardNegative,
}

impl SamplerKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::MPerClass, Self::Shuffle, Self::HardNegative];

    /// Whether batches hold as many images of each of their classes.
    pub const fn is_by_class(self) -> bool {
        match self {
            Self::MPerClass | Self::HardNegative => true,
            Self::Shuffle => false,
        }
    }
}

impl fmt::Display for SamplerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MPerClass => "m_per_class",
            Self::Shuffle => "shuffle",
            Self::HardNegative => "hard_negative",
        })
    }
}

impl FromStr for SamplerKind {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        names::find("sampler", &Self::ALL, name)
    }
}
