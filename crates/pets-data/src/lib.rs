#![doc = include_str!("../README.md")]
#![expect(
    clippy::inline_always,
    reason = "what is not inlined into pulp's dispatch is compiled without the instructions that it chose"
)]

mod augmentation;
mod batch_reader;
mod batches;
mod class;
mod class_decks;
mod color_jitter;
mod dataset;
mod deck;
mod decode;
mod error;
mod folder_layout;
mod hard_negative_sampler;
mod integrity;
mod loader;
mod normalization;
mod official_lists;
mod planes;
mod resize;
mod rotation;
mod sampler;
mod seeding;
mod split;
mod transform;

pub use augmentation::Augmentation;
pub use batches::{Batch, Batches};
pub use class::{Class, Species, class_of_image_name};
pub use dataset::{Dataset, Sample};
pub use decode::{MAX_BYTES, MAX_SIDE, decode, decode_bytes};
pub use error::DataError;
pub use folder_layout::Layout;
pub use hard_negative_sampler::HardNegativeSampler;
pub use integrity::{Integrity, UnusablePicture};
pub use loader::{Item, Loader};
pub use normalization::Normalization;
pub use official_lists::{ListFault, OfficialPart};
pub use sampler::Sampler;
pub use split::{Split, SplitKind, SplitSpec};
pub use transform::{MAX_IMG_SIZE, Transform, TransformBuffers};
