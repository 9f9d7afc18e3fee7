//! The crate's behaviour from outside: forward passes against PyTorch's, files in and out, damaged files.

mod activation_map;
mod batch_norm;
mod checkpoints;
mod damaged_files;
mod export;
mod formula;
mod forward_golden;
mod model_file;
