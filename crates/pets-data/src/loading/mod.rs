//! Batches read ahead of the model: decoding, transforming, waiting in line.

pub(crate) mod batch_reader;
pub(crate) mod batches;
pub(crate) mod decode;
pub(crate) mod decoded_picture;
pub(crate) mod decoding_budget;
mod headers;
pub(crate) mod item;
mod jpeg_completeness;
pub(crate) mod loader;
mod rgb_in_place;
