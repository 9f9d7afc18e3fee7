//! The project's own chores: `cargo xtask ci` checks everything, `cargo xtask docs` makes the
//! generated files, `cargo xtask bench` the tables of the documentation.

mod bench;
mod ci;
mod generated;
mod shell;

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
    /// Run every check that a change must pass: format, lints, tests, docs, generated files, devices.
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
