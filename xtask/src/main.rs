//! The project's own chores: `cargo xtask ci` checks everything, `cargo xtask docs` makes the
//! generated files, `cargo xtask fuzz` looks for inputs that bring a reader down, `cargo xtask layers`
//! checks who depends on whom, `cargo xtask package` packs the crates, `cargo xtask web` checks the report's scripts, `cargo xtask bench` makes the tables of
//! the documentation.

mod bench;
mod ci;
mod endurance;
mod features;
mod fuzz;
mod generated;
mod growth;
mod layers;
mod package;
mod performance;
#[cfg(test)]
mod promises;
mod shell;
mod test_report;
mod web;

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
    /// Check that the crates depend on each other in the direction that ARCHITECTURE.md draws.
    Layers,
    /// Pack all crates and build each from the packed files.
    Package {
        /// Only pack, and check that nothing included lies outside of its crate.
        #[arg(long)]
        no_verify: bool,
    },
    /// Check format and types of the report's style and scripts; needs npm, and says so where there is none.
    Web {
        /// Format them.
        #[arg(long)]
        format: bool,
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
        Task::Layers => layers::run(),
        Task::Package { no_verify } => package::run(no_verify),
        Task::Web { format } => web::run(format),
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
