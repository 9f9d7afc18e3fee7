//! From a decoded picture to the numbers a network takes: augmentation, resizing, rotation, colour, normalisation.

pub(crate) mod augmentation;
pub(crate) mod color_jitter;
pub(crate) mod normalization;
pub(crate) mod planes;
pub(crate) mod resize;
pub(crate) mod rotation;
pub(crate) mod transform;
