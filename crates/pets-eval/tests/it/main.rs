//! The public interface, in one binary because linking takes longer than the tests.

mod brute_force;
mod class_verification;
mod clustering;
mod evaluation;
mod files;
mod fuzz;
mod gallery;
mod golden;
mod memory;
mod progress;
mod reference;
mod samples;
mod uncertainty;
