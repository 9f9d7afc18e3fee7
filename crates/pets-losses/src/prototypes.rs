//! What losses with prototypes are made of: a learned direction of each class, and a batch compared with them.

pub(crate) mod draw;
pub(crate) mod prototype_batch;
