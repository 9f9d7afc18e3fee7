//! The crate's behaviour from outside: little image folders in, parts, batches and errors out.

mod dataset;
mod decode;
mod fingerprint;
mod fuzz;
mod integrity;
mod loader;
#[cfg(unix)]
mod no_regular_files;
mod odd_folders;
mod pictures;
mod sampler;
mod split;
mod transform;
mod unusable_pictures;
