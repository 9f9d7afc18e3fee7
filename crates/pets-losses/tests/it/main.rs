//! The losses against reference values, against a reference by explicit triplets, and on odd batches.

mod arcface;
mod configuration;
mod cross_batch_memory;
mod distances;
mod evaluation;
mod formula_batches;
mod formulas;
mod golden;
mod hard_negatives;
mod mined_batches;
mod odd_batches;
mod own_losses;
mod papers_defaults;
mod reference;
