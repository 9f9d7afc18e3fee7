//! `cargo xtask ci`: every check that a change must pass.

use std::env;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::features::{ALL_DEVICES, WORKSPACE};
use crate::generated;
use crate::shell::CommandLine;
use crate::test_report::{failed_tests, not_run};
use crate::web;

struct Step {
    name: &'static str,
    commands: Vec<CommandLine>,
    /// Whether the commands name tests in their output.
    tests: bool,
}

fn step(name: &'static str, commands: Vec<CommandLine>) -> Step {
    Step {
        name,
        commands,
        tests: false,
    }
}

/// What came of a step.
struct StepOutcome {
    name: &'static str,
    seconds: u64,
    /// Commands and tests that failed.
    failures: Vec<String>,
    /// What tests could not run on this machine.
    not_run: Vec<String>,
}

impl Step {
    /// Runs every command, also after one that fails.
    fn run(&self) -> StepOutcome {
        let started = Instant::now();
        let mut failures = Vec::new();
        let mut said = String::new();
        for line in &self.commands {
            println!("$ {line}");
            let result = if self.tests {
                line.run_and_note(&mut said)
            } else {
                line.run()
            };
            if let Err(error) = result {
                println!("{error:#}");
                failures.push(format!("{error:#}"));
            }
        }
        failures.extend(
            failed_tests(&said)
                .into_iter()
                .map(|test| format!("  {test}")),
        );
        StepOutcome {
            name: self.name,
            seconds: started.elapsed().as_secs(),
            failures,
            not_run: not_run(&said),
        }
    }
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
    // LLVM's build script, which CUDA needs, skips its download under this variable.
    let check = |command| line(command).with_env("DOCS_RS", "1");
    let (test_runner, with_ignored) = if line("cargo nextest --version").succeeds() {
        (
            line("cargo nextest run --no-fail-fast"),
            "--run-ignored all",
        )
    } else {
        let runner = line("cargo test --no-fail-fast --lib --bins --tests --examples");
        (runner, "-- --include-ignored")
    };
    let test_runner = test_runner.with_arguments(WORKSPACE);
    // Tests of reference values outside the repository are ignored, and listed so, unless these are there.
    let test_runner = match env::var_os("PETS_GOLDEN") {
        Some(_) => test_runner.with_arguments(with_ignored),
        None => test_runner,
    };
    let test_runner = if browser {
        test_runner.with_env("PETS_REQUIRE_BROWSER", "1")
    } else {
        test_runner
    };
    vec![
        step("format", vec![line("cargo fmt --all --check")]),
        step(
            "lints, with every device",
            vec![
                check("cargo clippy --all-targets")
                    .with_arguments(ALL_DEVICES)
                    .with_arguments("-- -D warnings"),
            ],
        ),
        Step {
            name: "tests",
            commands: vec![
                test_runner,
                line("cargo test --no-fail-fast --doc").with_arguments(WORKSPACE),
            ],
            tests: true,
        },
        step(
            "docs",
            vec![
                // With examples, dependencies of tests count, and so the features are those that the lints have checked.
                // The program would have the pages of the library that has its name.
                check("cargo doc --no-deps --lib --examples")
                    .with_arguments(ALL_DEVICES)
                    .with_env("RUSTDOCFLAGS", "-D warnings"),
            ],
        ),
        step("generated files", vec![generated::check()]),
        step("layers", vec![CommandLine::new("cargo xtask layers")]),
        step(
            "packages",
            vec![CommandLine::new("cargo xtask package --no-verify")],
        ),
        report_scripts(),
        supply_chain(),
    ]
}

/// Format and types of the report's scripts, where `cargo xtask web` has fetched the tools; this needs no network.
fn report_scripts() -> Step {
    if web::is_ready() {
        return step("report's scripts", vec![web::check()]);
    }
    step(
        "report's scripts: SKIPPED, their tools are not installed (cargo xtask web, with npm)",
        Vec::new(),
    )
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
    let outcomes = run_all(&steps(browser));
    println!();
    if !browser
        && !BROWSERS
            .iter()
            .any(|line| CommandLine::new(line).succeeds())
    {
        println!("not run: the tests of the web pages, since no Chromium or Chrome is on the PATH");
    }
    for what in outcomes.iter().flat_map(|outcome| &outcome.not_run) {
        println!("not run: {what}");
    }
    for StepOutcome {
        name,
        seconds,
        failures,
        ..
    } in &outcomes
    {
        let verdict = if failures.is_empty() {
            "passed"
        } else {
            "FAILED"
        };
        println!("{verdict} {name} ({seconds} s)");
    }
    verdict(&outcomes)
}

fn run_all(steps: &[Step]) -> Vec<StepOutcome> {
    let total = steps.len();
    let run = |(index, step): (usize, &Step)| {
        println!("\n== {}/{total} {} ==", index + 1, step.name);
        step.run()
    };
    steps.iter().enumerate().map(run).collect()
}

/// An error that lists everything that failed.
fn verdict(outcomes: &[StepOutcome]) -> Result<()> {
    let failed = outcomes
        .iter()
        .filter(|outcome| !outcome.failures.is_empty());
    let lists = failed
        .map(|outcome| format!("{}:\n  {}", outcome.name, outcome.failures.join("\n  ")))
        .collect::<Vec<_>>();
    if !lists.is_empty() {
        bail!(
            "{} of {} steps failed\n{}",
            lists.len(),
            outcomes.len(),
            lists.join("\n")
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(name: &'static str, lines: &[&'static str], tests: bool) -> Step {
        Step {
            name,
            commands: lines.iter().copied().map(CommandLine::new).collect(),
            tests,
        }
    }

    #[test]
    fn every_command_runs_and_every_failure_is_listed() {
        let outcomes = run_all(&[
            commands("first", &["false", "cargo --no-such-flag", "true"], false),
            commands("second", &["true"], false),
            commands(
                "third",
                &[
                    "false",
                    "echo test a::b ... FAILED",
                    "echo NOT RUN with avx512",
                ],
                true,
            ),
        ]);
        let counts = outcomes.iter().map(|outcome| outcome.failures.len());
        assert_eq!(counts.collect::<Vec<_>>(), [2, 0, 2]);
        assert_eq!(outcomes[2].not_run, ["with avx512"]);
        let list = verdict(&outcomes).unwrap_err().to_string();
        assert_eq!(
            list.lines().map(str::trim).collect::<Vec<_>>(),
            [
                "2 of 3 steps failed",
                "first:",
                "`false` failed (exit status: 1)",
                "`cargo --no-such-flag` failed (exit status: 1)",
                "third:",
                "`false` failed (exit status: 1)",
                "a::b",
            ]
        );
    }

    #[test]
    fn nothing_failed() {
        let outcomes = run_all(&[commands("only", &["true"], true)]);
        assert!(verdict(&outcomes).is_ok());
    }
}
