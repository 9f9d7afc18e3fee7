//! Files of labelled embeddings.

mod array;
mod contents;
pub(crate) mod embeddings_file;
mod formats;
mod npy;
mod npz;
mod safetensors;
