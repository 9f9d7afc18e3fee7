//! Which of a model's vectors stands for a picture.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

/// Which of a model's vectors stands for a picture.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Representation {
    /// `embedding`: the model's embedding.
    #[default]
    Embedding,
    /// `features`: the backbone's pooled features divided by their length, without the head.
    Features,
}

impl Representation {
    /// Every representation.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}
