//! Datasets: fetched, drawn, opened, split, and ready to be shown to a model.

pub(crate) mod fetching;
mod prepared_dataset;
mod published_dataset;
mod skipped_images;

pub use prepared_dataset::{
    DatasetConfig, OnBadImage, PreparedDataset, check_pictures, draw_dataset, open_dataset,
};
pub use published_dataset::fetch_dataset;
pub use skipped_images::{SkippedImage, SkippedImages};
