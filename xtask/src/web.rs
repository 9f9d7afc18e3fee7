//! `cargo xtask web`: format and types of the report's style and scripts, by prettier and tsc.

use anyhow::Result;

use crate::shell::CommandLine;

/// The folder of the report's parts, which pins the two tools.
const NPM: &str = "npm --prefix crates/pets-viz/assets/report";

/// Fetches the tools where they are not there yet, then checks or, with `format`, formats.
pub(crate) fn run(format: bool) -> Result<()> {
    if !CommandLine::new("npm --version").succeeds() {
        println!("skipped: npm is not on the PATH; the report's scripts are not checked");
        return Ok(());
    }
    if !is_ready() {
        npm("install --no-audit --no-fund").run_and_say()?;
    }
    if format {
        npm("run --silent format").run_and_say()
    } else {
        check().run_and_say()
    }
}

/// The command that fails where a script is not formatted, or its types do not fit.
pub(crate) fn check() -> CommandLine {
    npm("run --silent check")
}

/// Whether Node and the tools, in the pinned versions, are there, so that [`check`] needs no network.
pub(crate) fn is_ready() -> bool {
    npm("ls --silent").succeeds()
}

fn npm(arguments: &'static str) -> CommandLine {
    CommandLine::new(NPM).with_arguments(arguments)
}
