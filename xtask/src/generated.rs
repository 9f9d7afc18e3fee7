//! Files that the program itself writes and the repository keeps.
//!
//! A test of pets-cli compares each with what the program writes now, or writes it.

use anyhow::Result;

use crate::features::WORKSPACE;
use crate::shell::CommandLine;

/// Writes every generated file.
pub(crate) fn write() -> Result<()> {
    check().with_env("PETS_UPDATE_GENERATED", "1").run()
}

/// The command that fails where a generated file is out of date.
pub(crate) fn check() -> CommandLine {
    CommandLine::new("cargo test --test it")
        .with_arguments(WORKSPACE)
        .with_arguments("-- generated_files::")
}
