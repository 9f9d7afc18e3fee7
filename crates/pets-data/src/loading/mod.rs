//! Batches read ahead of the model: decoding, transforming, waiting in line.

pub(crate) mod batch_reader;
pub(crate) mod batches;
pub(crate) mod decode;
pub(crate) mod item;
pub(crate) mod loader;
