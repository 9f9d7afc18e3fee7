//! Euclidean distances of rows: exact ones, and estimates that tell which rows are worth an exact one.

pub(crate) mod euclidean;
pub(crate) mod inner_products;
