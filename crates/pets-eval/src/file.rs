//! Files of labelled embeddings.

mod array;
mod contents;
pub(crate) mod embeddings_file;
mod failure;
mod formats;
mod memory;
mod npy;
mod npz;
mod safetensors;
