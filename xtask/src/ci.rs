//! `cargo xtask ci`: every check that a change must pass.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::generated;
use crate::shell::CommandLine;

/// What the steps build. One choice for all of them, since Burn is compiled anew where features differ; with the
/// ndarray device, so that a test can train on it.
pub(crate) const WORKSPACE: &str = "--workspace --features pets-cli/ndarray";

struct Step {
    name: &'static str,
    commands: Vec<CommandLine>,
}

fn step(name: &'static str, commands: Vec<CommandLine>) -> Step {
    Step { name, commands }
}

/// Names under which the tests of the web pages look for a browser, in `pets-browser`.
const BROWSERS: [&str; 5] = [
    "chromium --version",
    "chromium-browser --version",
    "google-chrome --version",
    "google-chrome-stable --version",
    "chrome --version",
];

fn steps(browser: bool) -> Vec<Step> {
    let line = CommandLine::new;
    let test_runner = if line("cargo nextest --version").succeeds() {
        line("cargo nextest run").with_arguments(WORKSPACE)
    } else {
        line("cargo test --lib --bins --tests").with_arguments(WORKSPACE)
    };
    let test_runner = if browser {
        test_runner.with_env("PETS_REQUIRE_BROWSER", "1")
    } else {
        test_runner
    };
    vec![
        step("format", vec![line("cargo fmt --all --check")]),
        step(
            "lints",
            vec![
                line("cargo clippy --all-targets")
                    .with_arguments(WORKSPACE)
                    .with_arguments("-- -D warnings"),
            ],
        ),
        step(
            "tests",
            vec![
                test_runner,
                line("cargo test --doc").with_arguments(WORKSPACE),
            ],
        ),
        step(
            "docs",
            vec![
                line("cargo doc --no-deps")
                    .with_arguments(WORKSPACE)
                    .with_env("RUSTDOCFLAGS", "-D warnings"),
            ],
        ),
        step("generated files", vec![generated::check()]),
        supply_chain(),
        step(
            "devices",
            vec![
                line("cargo check -p pets-cli --features ndarray,vulkan"),
                // LLVM's build script skips its download under this variable.
                line("cargo check -p pets-cli --features cuda").with_env("DOCS_RS", "1"),
            ],
        ),
    ]
}

/// Licences, sources and duplicates by the rules of `deny.toml`; advisories need the network, and are no part of this.
fn supply_chain() -> Step {
    let deny = CommandLine::new("cargo deny --offline check licenses bans sources");
    if CommandLine::new("cargo deny --version").succeeds() {
        return step("supply chain", vec![deny]);
    }
    step(
        "supply chain: SKIPPED, cargo-deny is not installed (cargo install cargo-deny)",
        Vec::new(),
    )
}

/// Runs every step, all of them even where one fails, and sums up.
pub(crate) fn run(browser: bool) -> Result<()> {
    let steps = steps(browser);
    let total = steps.len();
    let mut failures = Vec::new();
    let mut times = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        println!("\n== {}/{total} {} ==", index + 1, step.name);
        let started = Instant::now();
        let result = step.commands.iter().try_for_each(|line| {
            println!("$ {line}");
            line.run()
        });
        times.push((step.name, result.is_ok(), started.elapsed().as_secs()));
        if let Err(error) = result {
            println!("{error:#}");
            failures.push(format!("{}: {error:#}", step.name));
        }
    }
    println!();
    if !browser
        && !BROWSERS
            .iter()
            .any(|line| CommandLine::new(line).succeeds())
    {
        println!("skipped: the tests of the web pages, since no Chromium or Chrome is on the PATH");
    }
    for (name, passed, seconds) in times {
        println!(
            "{} {name} ({seconds} s)",
            if passed { "passed" } else { "FAILED" }
        );
    }
    if !failures.is_empty() {
        bail!(
            "{} of {total} steps failed:\n{}",
            failures.len(),
            failures.join("\n")
        );
    }
    Ok(())
}
