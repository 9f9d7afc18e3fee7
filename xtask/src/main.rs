//! The project's own chores: `cargo xtask ci` checks everything, `cargo xtask docs` makes the
//! generated files, `cargo xtask fuzz` looks for inputs that bring a reader down, `cargo xtask bench`
//! makes the tables of the documentation.

mod bench;
mod ci;
mod endurance;
mod fuzz;
mod generated;
mod growth;
mod performance;
mod shell;
mod test_report;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every check that a change must pass: format, lints, tests, docs, generated files, supply chain, devices.
    Ci {
        /// Fail where no browser is found, instead of passing over the tests of the web pages.
        #[arg(long)]
        browser: bool,
    },
    /// Run whole jobs on real photos and print their tables.
    Bench {
        #[command(subcommand)]
        bench: bench::Bench,
    },
    /// Show every reader of files damaged copies of good ones; none may panic, hang or take memory without bound.
    Fuzz {
        /// Inputs in all, shared out among the targets.
        #[arg(long, default_value_t = 1_000_000)]
        inputs: u64,
        /// Another seed makes other inputs.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Make the generated files.
    Docs {
        /// Only say which of them are out of date, and fail if any is.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Ci { browser } => ci::run(browser),
        Task::Bench { bench } => bench::run(&bench),
        Task::Fuzz { inputs, seed } => fuzz::run(inputs, seed),
        Task::Docs { check: true } => generated::check().run(),
        Task::Docs { check: false } => generated::write(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
