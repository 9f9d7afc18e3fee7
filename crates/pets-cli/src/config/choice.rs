//! Settings that are one of some names: enums of the crates that own them.

use pets::data::SplitKind;
use pets::losses::{Distance, LossKind, Mining, Reducer};
use pets::network::Architecture;
use pets::trainer::{Monitor, OnNanKind, OptimizerKind, SamplerKind, ScheduleKind};
use pets::viz::{Theme, TsneEngine};
use pets::{OnBadImage, Representation};

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

macro_rules! choices {
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

choices!(
    Architecture,
    SamplerKind,
    Distance,
    LossKind,
    Mining,
    Monitor,
    OnBadImage,
    OnNanKind,
    OptimizerKind,
    Reducer,
    Representation,
    ScheduleKind,
    SplitKind,
    Theme,
    TsneEngine,
);
