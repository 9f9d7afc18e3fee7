//! Checkpoints: what one holds, as a file, and the folder that keeps the last two.

pub(crate) mod every;
pub(crate) mod file;
pub(crate) mod folder;
pub(crate) mod optimizer_state;
pub(crate) mod tensors;
