//! Settings that are one of some names: enums of the crates that own them.

use pets_data::SplitKind;
use pets_losses::{Distance, LossKind, Mining, Reducer};
use pets_model::Architecture;
use pets_train::{Monitor, OptimizerKind, Representation};
use pets_viz::{Theme, TsneEngine};

/// An enum whose variants have names.
pub(crate) trait Choice: Copy + PartialEq + 'static {
    /// Every variant, in the order shown to users.
    fn all() -> Vec<Self>;

    /// The name of a variant.
    fn name(&self) -> String;

    /// The names of all variants.
    fn names() -> Vec<String> {
        Self::all().iter().map(Self::name).collect()
    }

    /// The variant of a name.
    fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|choice| choice.name() == name)
    }
}

/// For enums that list and name their variants themselves.
macro_rules! self_named {
    ($($choice:ty),+ $(,)?) => {$(
        impl Choice for $choice {
            fn all() -> Vec<Self> {
                Self::ALL.to_vec()
            }

            fn name(&self) -> String {
                self.to_string()
            }
        }
    )+};
}

/// For enums that do not: a variant without its name here is an error of the compiler.
macro_rules! named {
    ($($choice:ident { $($variant:ident = $name:literal),+ $(,)? })+) => {$(
        impl Choice for $choice {
            fn all() -> Vec<Self> {
                vec![$(Self::$variant),+]
            }

            fn name(&self) -> String {
                match self {
                    $(Self::$variant => $name,)+
                }
                .to_owned()
            }
        }
    )+};
}

self_named!(Architecture, Distance, LossKind, Mining, Monitor, Reducer);

named! {
    OptimizerKind { Adam = "adam", AdamW = "adamw" }
    Representation { Embedding = "embedding", Features = "features" }
    SplitKind { Random = "random", Official = "official" }
    Theme { Light = "light", Dark = "dark" }
    TsneEngine { Manifolds = "manifolds", Linfa = "linfa" }
    ScheduleKind {
        WarmupCosine = "warmup_cosine",
        None = "none",
        Step = "step",
        Plateau = "plateau",
        Cosine = "cosine",
    }
    SamplerKind { MPerClass = "m_per_class", Shuffle = "shuffle", HardNegative = "hard_negative" }
    OnNanKind { Stop = "stop", Skip = "skip" }
    OnBadImage { Error = "error", Skip = "skip" }
}

/// The name of a [`Schedule`](pets_train::Schedule).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScheduleKind {
    WarmupCosine,
    None,
    Step,
    Plateau,
    Cosine,
}

impl ScheduleKind {
    /// Whether the rates of an epoch depend on how many epochs there are.
    pub(crate) const fn is_spread_over_the_run(self) -> bool {
        match self {
            Self::WarmupCosine | Self::Cosine => true,
            Self::None | Self::Step | Self::Plateau => false,
        }
    }

    /// Whether the rate goes down to `min_lr`.
    pub(crate) const fn has_lowest_rate(self) -> bool {
        match self {
            Self::WarmupCosine | Self::Plateau | Self::Cosine => true,
            Self::None | Self::Step => false,
        }
    }
}

/// The name of a [`BatchPlan`](pets_train::BatchPlan).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SamplerKind {
    MPerClass,
    Shuffle,
    HardNegative,
}

impl SamplerKind {
    /// Whether batches hold `samples_per_class` images of each of their classes.
    pub(crate) const fn is_by_class(self) -> bool {
        match self {
            Self::MPerClass | Self::HardNegative => true,
            Self::Shuffle => false,
        }
    }
}

/// The name of an [`OnNan`](pets_train::OnNan).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnNanKind {
    Stop,
    Skip,
}

/// What becomes of a picture that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnBadImage {
    /// It ends the run, which names it.
    Error,
    /// It is left out of its part before anything is read from it, and listed among the results.
    Skip,
}
