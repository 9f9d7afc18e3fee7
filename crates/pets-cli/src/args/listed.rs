//! Which settings stand in whose `--help`. All of them can be given to every command.

use crate::config::{Topic, keys};

use Topic::{
    Attention, Charts, Dataset, Embedding, Evaluation, Network, Run, Split, Start, Training,
    Weights,
};

/// The parts of the work that a command does; none for one that does no work or has commands of its own.
fn topics(command: &str) -> &'static [Topic] {
    match command {
        "train" => &[
            Dataset, Network, Split, Run, Weights, Start, Training, Embedding, Evaluation,
        ],
        "all" => &[
            Dataset, Network, Split, Run, Weights, Start, Training, Embedding, Evaluation,
            Attention, Charts,
        ],
        "evaluate" => &[
            Dataset, Network, Split, Run, Weights, Start, Embedding, Evaluation,
        ],
        "embed" => &[Dataset, Network, Split, Run, Weights, Start, Embedding],
        "visualize" => &[
            Dataset, Network, Split, Run, Weights, Start, Embedding, Evaluation, Attention, Charts,
        ],
        "gradcam" => &[Dataset, Network, Split, Run, Embedding, Attention],
        "compare" => &[Dataset, Network, Split, Run, Embedding, Evaluation],
        "breeds" | "dataset fetch" | "dataset verify" => &[Dataset, Network],
        "weights list" | "weights fetch" | "weights verify" => &[Weights, Network],
        "weights export" => &[Run],
        _ => &[],
    }
}

/// The program with those settings hidden from each command's help that are of no account to it.
pub(super) fn with_short_help(program: clap::Command) -> clap::Command {
    program.mut_subcommands(|command| shortened(command, ""))
}

fn shortened(command: clap::Command, above: &str) -> clap::Command {
    let name = format!("{above}{}", command.get_name());
    let listed = topics(&name);
    let takes_settings = command
        .get_arguments()
        .any(|argument| argument.get_id() == "set");
    command
        .mut_args(|argument| {
            let key = keys().find(|key| argument.get_id() == key.path);
            let hidden = takes_settings && key.is_some_and(|key| !listed.contains(&key.topic));
            let hidden = hidden || argument.is_hide_set();
            argument.hide(hidden)
        })
        .mut_subcommands(|command| shortened(command, &format!("{name} ")))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::args::Arguments;

    fn lines_of_help(path: &[&str]) -> usize {
        let mut command = with_short_help(Arguments::command());
        for name in path {
            command = command.find_subcommand(name).unwrap().clone();
        }
        command.render_long_help().to_string().lines().count()
    }

    #[test]
    fn help_is_as_long_as_what_a_command_does() {
        for path in [
            &["breeds"][..],
            &["dataset", "verify"],
            &["weights", "list"],
            &["config"],
        ] {
            let lines = lines_of_help(path);
            assert!(lines < 60, "{path:?}: {lines}");
        }
        assert!(lines_of_help(&["gradcam"]) < lines_of_help(&["train"]) / 2);
    }

    #[test]
    fn arguments_that_are_no_settings_stay() {
        let program = with_short_help(Arguments::command());
        let dataset = program.find_subcommand("dataset").unwrap();
        let mut draw = dataset.find_subcommand("draw").unwrap().clone();
        assert!(draw.render_long_help().to_string().contains("--seed"));
    }

    #[test]
    fn every_setting_stands_in_the_help_of_the_whole_job() {
        let all = topics("all");
        assert!(keys().all(|key| all.contains(&key.topic)));
    }
}
