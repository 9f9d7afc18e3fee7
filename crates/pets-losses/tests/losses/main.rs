//! The losses against reference values, against a reference by explicit triplets, and on odd batches.

mod configuration;
mod distances;
mod evaluation;
mod golden;
mod mined_batches;
mod odd_batches;
mod reference;
