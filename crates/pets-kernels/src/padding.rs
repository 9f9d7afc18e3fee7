//! The zeros around an image.

/// Zeros before and after each of the two spatial axes.
pub type Padding = [(usize, usize); 2];
