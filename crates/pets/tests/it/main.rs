//! The library as a Rust program uses it.

mod drawn;
mod embedding;
mod examples;
mod training;
