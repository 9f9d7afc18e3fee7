//! The program `pets`.

// They panic where the output is closed or full; `show!` and `say!` do not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

#[macro_use]
mod output;

mod advice;
mod args;
mod chosen_model;
mod commands;
mod config;
mod interrupt;
mod library_configs;
mod memory;
mod prepared_dataset;
mod resumption;
mod run_start;
mod settings_without_effect;

use std::process::ExitCode;

use anyhow::Context;
use args::Command;

fn main() -> ExitCode {
    let arguments = args::parse();
    pets::keep_freed_memory();
    let ended = start().and_then(|()| run(arguments.command));
    let shown = output::stdout::outcome().context("cannot write to the standard output");
    match ended.and_then(|code| shown.map(|()| code)) {
        Ok(code) => code,
        Err(error) if matches!(error.downcast_ref(), Some(pets::Error::Interrupted)) => {
            ExitCode::from(interrupt::exit_code())
        }
        Err(error) => {
            say!("error: {}", in_one_line_each(&error));
            let library_error = error.chain().find_map(|cause| cause.downcast_ref());
            if let Some(ways_on) = library_error.and_then(advice::ways_on) {
                say!("{ways_on}");
            }
            let wrong_usage = error.is::<config::ConfigError>()
                || error.is::<pets::InstructionSetError>()
                || error.is::<pets::DeviceError>()
                || error.is::<pets::draw::InvalidDrawConfig>()
                || error.is::<resumption::ResumptionError>();
            ExitCode::from(if wrong_usage { 2 } else { 1 })
        }
    }
}

/// What every command needs.
fn start() -> anyhow::Result<()> {
    pets::InstructionSet::chosen()?;
    interrupt::install()?;
    Ok(())
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Train {
            settings,
            continuation,
            evaluate,
        } => commands::train::run(settings.read()?, &continuation, evaluate),
        Command::Evaluate {
            settings,
            arguments,
        } => commands::evaluate::run(&settings.read()?, &arguments),
        Command::Embed {
            settings,
            model,
            part,
            out,
        } => commands::embed::run(&settings.read()?, &model, part, &out),
        Command::Visualize {
            settings,
            model,
            query,
            query_breed,
        } => commands::visualize::run(&settings.read()?, &model, &query, query_breed.as_deref()),
        Command::Compare {
            settings,
            runs,
            out,
            json,
        } => commands::compare::run(&settings.read()?, &runs, out.as_deref(), json),
        Command::All {
            settings,
            continuation,
        } => commands::all::run(settings.read()?, &continuation),
        Command::Gradcam {
            settings,
            model,
            arguments,
        } => commands::gradcam::run(&settings.read()?, &model, &arguments),
        Command::Breeds { settings, json } => commands::breeds::run(&settings.read()?, json),
        Command::Config { settings, defaults } => {
            commands::config::run(&settings.read()?, defaults)
        }
        Command::Dataset { command } => commands::dataset::run(&command),
        Command::Weights { command } => commands::weights::run(&command),
    }
}

/// The error and its causes, each cause on a line of its own unless the line above says it already.
fn in_one_line_each(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text += "\n  because: ";
            text += &cause;
        }
    }
    text
}
