//! The command line.

mod command;
mod continuation;
mod inputs;
mod listed;
mod original;
mod settings;

use clap::{CommandFactory, FromArgMatches};

pub(crate) use command::{Arguments, Command, DatasetCommand, WeightsCommand};
pub(crate) use continuation::Continuation;
pub(crate) use inputs::{EvaluateArguments, ModelFile};
pub(crate) use settings::SettingsArguments;

/// The arguments of this process; ends it where they are wrong, or ask for help.
pub(crate) fn parse() -> Arguments {
    let words = original::translated(std::env::args_os().collect());
    let matches = program().get_matches_from(words);
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// The program as it is shown to users.
fn program() -> clap::Command {
    original::with_replaced_flags(listed::with_short_help(Arguments::command()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        program().debug_assert();
    }

    /// The examples of a command and of those below it; each has some.
    fn examples_of(command: &clap::Command) -> Vec<String> {
        let text = command.get_after_help().map(ToString::to_string);
        let text = text.unwrap_or_default();
        let lines = text.lines().filter_map(|line| line.strip_prefix("  pets "));
        // What stands behind two spaces is a remark.
        let mut examples: Vec<_> = lines
            .map(|line| line.split("  ").next().unwrap_or(line).to_owned())
            .collect();
        assert!(!examples.is_empty(), "{}", command.get_name());
        for below in command.get_subcommands() {
            examples.extend(examples_of(below));
        }
        examples
    }

    #[test]
    fn every_command_has_examples_and_they_are_understood() {
        for example in examples_of(&program()) {
            let expanded = example
                .replace("runs/*", "runs/a runs/b")
                .replace(" > my.toml", "");
            let words = std::iter::once("pets").chain(expanded.split_whitespace());
            let matches = program().try_get_matches_from(words);
            assert!(matches.is_ok(), "{example}: {}", matches.unwrap_err());
        }
    }
}
