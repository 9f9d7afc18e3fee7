//! Drawing with tiny-skia: colours, outlines, inks and layers.

mod colour;
mod ink;
mod layer;
mod outline;

pub(crate) use colour::Colour;
pub(crate) use ink::Ink;
pub(crate) use layer::Layer;
pub(crate) use outline::{Blade, Outline, Xy, along};
