//! What a configuration key is: its name, flag, type, range, default and meaning, once.

use std::fmt;

use pets_train::CheckpointEvery;
use toml::Value;

/// A key of the configuration. Flags, `configs/default.toml`, checks and messages all come from it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    /// `section.name`, or `name` at the top.
    pub(crate) path: &'static str,
    /// The long flag without its dashes; underscores work in place of the dashes inside it.
    pub(crate) flag: &'static str,
    /// Other spellings of the flag.
    pub(crate) aliases: &'static [&'static str],
    /// Which values are allowed.
    pub(crate) kind: Kind,
    /// The default, as TOML; empty where the key is absent unless given.
    pub(crate) default: &'static str,
    /// The meaning, in a line.
    pub(crate) help: &'static str,
}

/// The values a key may take.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number from the first to the second, both included.
    Int(i64, i64),
    /// A finite number from the first to the second, both included.
    Float(f64, f64),
    /// One of some words.
    Choice(&'static [&'static str]),
    /// Any text.
    Text,
    /// How often a checkpoint is written.
    Period,
    /// A list of texts.
    TextList,
    /// A list of whole numbers from the first to the second.
    IntList(i64, i64),
}

impl Key {
    /// The part before the dot; empty at the top.
    pub(crate) fn section(&self) -> &'static str {
        self.path.split_once('.').map_or("", |(section, _)| section)
    }

    /// The part after the dot.
    pub(crate) fn name(&self) -> &'static str {
        self.path
            .split_once('.')
            .map_or(self.path, |(_, name)| name)
    }

    /// The default as a value.
    pub(crate) fn default_value(&self) -> Option<Value> {
        (!self.default.is_empty()).then(|| {
            let line = format!("value = {}", self.default);
            let mut table: toml::Table = line
                .parse()
                .expect("a default is valid TOML: a test reads each");
            table.remove("value").expect("the line above names it")
        })
    }
}

impl Kind {
    /// The value if it is allowed, with whole numbers turned into floats where floats are wanted.
    pub(crate) fn check(self, value: Value) -> Option<Value> {
        match (self, value) {
            (Self::Bool, value @ Value::Boolean(_)) | (Self::Text, value @ Value::String(_)) => {
                Some(value)
            }
            (Self::Period, Value::String(text)) => text
                .parse::<CheckpointEvery>()
                .is_ok()
                .then_some(Value::String(text)),
            (Self::Int(min, max), Value::Integer(number)) => (min..=max)
                .contains(&number)
                .then_some(Value::Integer(number)),
            (Self::Float(min, max), Value::Float(number)) => (min..=max)
                .contains(&number)
                .then_some(Value::Float(number)),
            (kind @ Self::Float(..), Value::Integer(number)) => {
                kind.check(Value::Float(number as f64))
            }
            (Self::Choice(words), Value::String(word)) => words
                .contains(&word.as_str())
                .then_some(Value::String(word)),
            (Self::TextList, Value::Array(items)) => items
                .iter()
                .all(Value::is_str)
                .then_some(Value::Array(items)),
            (Self::IntList(min, max), Value::Array(items)) => {
                let allowed = |item: &Value| {
                    item.as_integer()
                        .is_some_and(|number| (min..=max).contains(&number))
                };
                (!items.is_empty() && items.iter().all(allowed)).then_some(Value::Array(items))
            }
            _ => None,
        }
    }

    /// Reads a value as it is written behind a flag: lists with commas, `none` for an empty list.
    pub(crate) fn parse(self, text: &str) -> Option<Value> {
        let items = || {
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty() && *item != "none")
        };
        let value = match self {
            Self::Bool => Value::Boolean(text.parse().ok()?),
            Self::Int(..) => Value::Integer(text.parse().ok()?),
            Self::Float(..) => Value::Float(text.parse().ok()?),
            Self::Choice(_) | Self::Text | Self::Period => Value::String(text.to_owned()),
            Self::TextList => {
                Value::Array(items().map(|item| Value::String(item.to_owned())).collect())
            }
            Self::IntList(..) => Value::Array(
                items()
                    .map(|item| item.parse().map(Value::Integer))
                    .collect::<Result<_, _>>()
                    .ok()?,
            ),
        };
        self.check(value)
    }

    /// What stands for a value in `--help`.
    pub(crate) const fn placeholder(self) -> &'static str {
        match self {
            Self::Bool => "BOOL",
            Self::Int(..) => "N",
            Self::Float(..) => "X",
            Self::Choice(_) => "NAME",
            Self::Text => "TEXT",
            Self::Period => "PERIOD",
            Self::TextList => "NAME,…",
            Self::IntList(..) => "N,…",
        }
    }
}

/// The allowed values in words, for messages and the reference.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("true or false"),
            Self::Int(min, i64::MAX) => write!(f, "a whole number from {min}"),
            Self::Int(min, max) => write!(f, "a whole number from {min} to {max}"),
            Self::Float(min, max) if *max >= f64::MAX => write!(f, "a number from {min}"),
            Self::Float(min, max) => write!(f, "a number from {min} to {max}"),
            Self::Choice(words) => f.write_str(&words.join(", ")),
            Self::Text => f.write_str("text"),
            Self::Period => {
                f.write_str("a number of epochs, steps, minutes or hours, such as \"10 minutes\"")
            }
            Self::TextList => f.write_str("a list of names"),
            Self::IntList(min, _) => write!(f, "a list of whole numbers from {min}"),
        }
    }
}
