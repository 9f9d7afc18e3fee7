#![doc = include_str!("../README.md")]

mod animal;
mod breed;
mod breeding;
mod camera;
mod config;
mod dataset;
mod dice;
mod error;
mod light;
mod name;
mod nuisance;
mod paint;
mod palette;
mod picture;
mod scene;
mod trimap;

pub use breed::{Breed, EarShape, FurLength, Pattern, Proportions, Species};
pub use breeding::breeds;
pub use config::{DrawConfig, InvalidDrawConfig};
pub use dataset::{DrawOutcome, draw_dataset, is_unfinished};
pub use error::DrawError;
pub use pets_files::LockError;
pub use picture::{Drawing, draw};
pub use trimap::{ANIMAL, BACKGROUND, BORDER};
