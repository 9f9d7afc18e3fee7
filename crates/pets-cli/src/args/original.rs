//! The command line of the Python project that this one takes over: what is not a name of a setting.

use std::ffi::{OsStr, OsString};

use clap::{Arg, CommandFactory};

use super::Arguments;

/// The flag that named a command.
const MODE: &str = "--mode";

/// Flags that have no place here: the commands, the flag, and what took its place.
const REPLACED: [(&[&str], &str, &str); 2] = [
    (
        &["train", "all"],
        "load-model",
        "training starts from a backbone (--weights FILE) or goes on with a run (--resume RUN); \
         `pets evaluate`, `embed`, `visualize` and `gradcam` take a model with --load-model",
    ),
    (
        &["visualize", "all"],
        "layer-name",
        "`pets gradcam --stage NAME` shows where the model looks at a stage of your choice",
    ),
];

/// The words of a command line with `--mode NAME` turned into the command of that name, where it names one and the words
/// name no other.
pub(super) fn translated(mut words: Vec<OsString>) -> Vec<OsString> {
    let Some((place, length, mode)) = find_mode(&words) else {
        return words;
    };
    let is_command = |word: &OsStr| {
        let commands = Arguments::command();
        word.to_str()
            .is_some_and(|word| commands.find_subcommand(word).is_some())
    };
    let named = words.get(1).filter(|word| is_command(word)).cloned();
    if !is_command(&mode) || named.as_ref().is_some_and(|named| *named != mode) {
        return words;
    }
    words.drain(place..place + length);
    if named.is_none() {
        words.insert(1, mode);
    }
    words
}

/// Where the flag stands, how many words it takes, and what it says.
fn find_mode(words: &[OsString]) -> Option<(usize, usize, OsString)> {
    words.iter().enumerate().skip(1).find_map(|(place, word)| {
        if word == MODE {
            return Some((place, 2, words.get(place + 1)?.clone()));
        }
        let value = word.to_str()?.strip_prefix(MODE)?.strip_prefix('=')?;
        Some((place, 1, value.into()))
    })
}

/// The program with flags that say what took their place.
pub(super) fn with_replaced_flags(program: clap::Command) -> clap::Command {
    program.mut_subcommands(|command| {
        let replaced = REPLACED
            .iter()
            .filter(|(commands, _, _)| commands.contains(&command.get_name()))
            .map(|(_, flag, instead)| replaced_flag(flag, instead))
            .collect::<Vec<_>>();
        command.args(replaced)
    })
}

fn replaced_flag(flag: &'static str, instead: &'static str) -> Arg {
    Arg::new(flag)
        .long(flag)
        .alias(flag.replace('-', "_"))
        .value_name("VALUE")
        .hide(true)
        .value_parser(move |_: &str| Err::<String, _>(instead.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translation(line: &str) -> String {
        let words = line.split(' ').map(OsString::from).collect();
        let words = translated(words);
        let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
        words.join(" ")
    }

    #[test]
    fn a_mode_is_a_command() {
        for (original, here) in [
            ("pets --mode train --lr 1", "pets train --lr 1"),
            ("pets --seed=1 --mode=all", "pets all --seed=1"),
            ("pets evaluate --mode evaluate", "pets evaluate"),
        ] {
            assert_eq!(translation(original), here);
        }
    }

    #[test]
    fn what_is_no_mode_is_left_alone() {
        for line in [
            "pets --mode",
            "pets --mode dance",
            "pets train --mode evaluate",
            "pets train --lr 1",
        ] {
            assert_eq!(translation(line), line);
        }
    }
}
