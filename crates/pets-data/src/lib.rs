#![doc = include_str!("../README.md")]
#![expect(
    clippy::inline_always,
    reason = "what is not inlined into pulp's dispatch is compiled without the instructions that it chose"
)]

mod dataset;
mod error;
mod every_sample;
mod fingerprint;
mod integrity;
mod layout;
mod loading;
mod sampling;
mod seeding;
mod split;
mod transforms;

pub use dataset::{Dataset, Sample};
pub use error::DataError;
pub use fingerprint::Fingerprint;
pub use integrity::{Integrity, UnusablePicture};
pub use layout::class::{Class, Species, class_of_image_name};
pub use layout::folder_layout::Layout;
pub use layout::list_fault::ListFault;
pub use layout::official_lists::OfficialPart;
pub use loading::batches::{Batch, Batches};
pub use loading::decode::{MAX_BYTES, MAX_SIDE, decode, decode_bytes};
pub use loading::decoded_picture::DecodedPicture;
pub use loading::decoding_budget::{DEFAULT_DECODING_BUDGET, set_decoding_budget};
pub use loading::item::Item;
pub use loading::loader::Loader;
pub use sampling::hard_negative_sampler::HardNegativeSampler;
pub use sampling::sampler::Sampler;
pub use split::{Split, SplitConfig, SplitKind};
pub use transforms::augmentation::Augmentation;
pub use transforms::normalization::Normalization;
pub use transforms::transform::{MAX_IMG_SIZE, Transform, TransformBuffers};
