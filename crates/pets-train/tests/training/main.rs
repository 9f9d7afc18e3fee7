//! Runs on small random pictures.

mod place;
mod resumption;
mod settings;
