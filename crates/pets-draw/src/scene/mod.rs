//! Everything around the animal: background and things in front of it.

mod backdrop;
mod furniture;
mod meadow;
mod occluder;

pub(crate) use backdrop::{draw_backdrop, draw_ground_shadow};
pub(crate) use occluder::draw_occluder;
