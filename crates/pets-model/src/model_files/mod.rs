//! Model files: written, opened, and exported for PyTorch.

pub(crate) mod description;
pub(crate) mod export;
pub(crate) mod opening;
