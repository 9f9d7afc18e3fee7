//! Everything around the animal: background, light, things in front of it.

mod backdrop;
mod furniture;
mod light;
mod meadow;
mod occluder;

pub(crate) use backdrop::{draw_backdrop, draw_ground_shadow};
pub(crate) use light::Light;
pub(crate) use occluder::draw_occluder;
