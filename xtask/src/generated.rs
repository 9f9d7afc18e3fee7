//! Files that the program itself writes and the repository keeps.
//!
//! A test of pets-cli compares each with what the program writes now, or writes it. It runs with the
//! whole workspace selected, so that Cargo chooses the features as for all tests and builds nothing
//! twice.

use anyhow::Result;

use crate::shell::CommandLine;

const TEST: &str = "cargo test --workspace --test generated_files";

/// Writes every generated file.
pub(crate) fn write() -> Result<()> {
    CommandLine::new(TEST)
        .with_env("PETS_UPDATE_GENERATED", "1")
        .run()
}

/// The command that fails where a generated file is out of date.
pub(crate) fn check() -> CommandLine {
    CommandLine::new(TEST)
}
