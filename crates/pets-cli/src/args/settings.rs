//! A flag for every setting, a file of settings, and `--set`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches};

use crate::config::{ConfigError, Key, Kind, Layers, Settings, keys};

/// The settings given on the command line: a file, and a flag for every key.
#[derive(Debug, Clone, Default)]
pub(crate) struct SettingsArguments {
    file: Option<PathBuf>,
    flags: Vec<(&'static Key, String)>,
    assignments: Vec<String>,
}

impl SettingsArguments {
    /// Reads the file and checks every value by itself. From now on decoding keeps to the budget that was given.
    ///
    /// # Errors
    ///
    /// The first value that is not allowed.
    pub(crate) fn read(&self) -> Result<Settings, ConfigError> {
        let mut given = Layers::default();
        if let Some(path) = &self.file {
            given.add_file(path)?;
        }
        for (key, value) in &self.flags {
            given.add_flag(key, value)?;
        }
        for assignment in &self.assignments {
            given.add_set(assignment)?;
        }
        let settings = Settings::new(given);
        settings.before_opening().bound_decoding();
        Ok(settings)
    }
}

impl FromArgMatches for SettingsArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut settings = Self::default();
        settings.update_from_arg_matches(matches)?;
        Ok(settings)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.file = matches.get_one::<PathBuf>("config").cloned();
        self.assignments = matches
            .get_many::<String>("set")
            .unwrap_or_default()
            .cloned()
            .collect();
        self.flags = keys()
            .filter_map(|key| {
                let value = matches.get_one::<String>(key.path).cloned();
                let negated = matches!(key.kind, Kind::Bool) && matches.get_flag(&negation(key));
                Some((key, if negated { "false".to_owned() } else { value? }))
            })
            .collect();
        Ok(())
    }
}

impl Args for SettingsArguments {
    fn augment_args(command: clap::Command) -> clap::Command {
        let command = command
            .arg(
                Arg::new("config")
                    .long("config")
                    .value_name("FILE")
                    .value_parser(clap::value_parser!(PathBuf))
                    .help("Settings in TOML; flags go over them"),
            )
            .arg(
                Arg::new("set")
                    .long("set")
                    .value_name("KEY=VALUE")
                    .action(ArgAction::Append)
                    .help(
                        "Set any setting, such as train.learning_rate=3e-4; may be repeated; \
                         `pets config --defaults` explains them all",
                    ),
            );
        keys().fold(command, |command, key| {
            let command = command.arg(flag(key));
            if matches!(key.kind, Kind::Bool) {
                command.arg(negative_flag(key))
            } else {
                command
            }
        })
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

fn flag(key: &'static Key) -> Arg {
    let default = match (key.default_text(), key.kind) {
        (None, _) => String::new(),
        (Some(default), Kind::Bool) if default == "true" => {
            format!(" [default: true; off with --{}]", negation(key))
        }
        (Some(default), _) => format!(" [default: {default}]"),
    };
    let arg = Arg::new(key.path)
        .long(key.flag())
        .aliases(spellings(key))
        .value_name(key.kind.placeholder())
        .help(format!("{}{default}", key.help()))
        .help_heading(heading(key))
        .allow_hyphen_values(matches!(key.kind, Kind::Int(..) | Kind::Float(..)));
    match key.kind {
        Kind::Bool => arg
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(PossibleValuesParser::new(["true", "false"]))
            .hide_possible_values(true),
        Kind::Choice(names) => arg.value_parser(PossibleValuesParser::new(names())),
        _ => arg,
    }
}

fn negative_flag(key: &'static Key) -> Arg {
    Arg::new(negation(key))
        .long(negation(key))
        .alias(negation(key).replace('-', "_"))
        .action(ArgAction::SetTrue)
        .conflicts_with(key.path)
        .help_heading(heading(key))
        .hide(true)
}

fn negation(key: &Key) -> String {
    format!("no-{}", key.flag())
}

/// The other ways to write a flag: its aliases, and underscores for dashes.
fn spellings(key: &Key) -> Vec<String> {
    let aliases = || key.aliases.iter().map(|alias| (*alias).to_owned());
    let with_underscores = aliases()
        .chain([key.flag()])
        .filter(|name| name.contains('-'))
        .map(|name| name.replace('-', "_"));
    aliases().chain(with_underscores).collect()
}

fn heading(key: &Key) -> String {
    if key.section().is_empty() {
        "Settings".to_owned()
    } else {
        format!("Settings [{}]", key.section())
    }
}
