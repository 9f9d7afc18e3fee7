//! Which values a setting may have.

use std::fmt;

use pets::trainer::CheckpointEvery;
use toml::Value;

/// The word in place of names for those that the program chooses.
pub(crate) const AUTO: &str = "auto";

/// The values that a setting may have.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number from the first to the second, both included.
    Int(i64, i64),
    /// A finite number from the first to the second, both included.
    Float(f64, f64),
    /// One of the names that the function lists.
    Choice(fn() -> Vec<String>),
    /// Any text.
    Text,
    /// The path of a file or folder.
    Path,
    /// How often a checkpoint is written.
    Period,
    /// `auto`, or a list of names.
    Names,
    /// A list of whole numbers from the first to the second.
    IntList(i64, i64),
}

/// A whole number of at least `min`.
pub(crate) const fn from(min: i64) -> Kind {
    Kind::Int(min, i64::MAX)
}

/// A number from 0 to 1.
pub(crate) const SHARE: Kind = Kind::Float(0.0, 1.0);
/// A number from just above 0 to 1.
pub(crate) const SHARE_ABOVE_0: Kind = Kind::Float(1e-3, 1.0);
/// A number above 0.
pub(crate) const POSITIVE: Kind = Kind::Float(1e-12, f64::MAX);
/// A number that is not negative.
pub(crate) const NOT_NEGATIVE: Kind = Kind::Float(0.0, f64::MAX);

impl Kind {
    /// The value if it is allowed, with whole numbers turned into floats where floats are wanted.
    pub(crate) fn check(self, value: Value) -> Option<Value> {
        let allowed = match (self, &value) {
            (Self::Bool, Value::Boolean(_)) | (Self::Text | Self::Path, Value::String(_)) => true,
            (Self::Period, Value::String(text)) => text.parse::<CheckpointEvery>().is_ok(),
            (Self::Int(min, max), Value::Integer(number)) => (min..=max).contains(number),
            (Self::Float(min, max), Value::Float(number)) => (min..=max).contains(number),
            (Self::Float(..), Value::Integer(number)) => {
                return self.check(Value::Float(*number as f64));
            }
            (Self::Choice(names), Value::String(name)) => names().contains(name),
            (Self::Names, Value::String(word)) => word == AUTO,
            (Self::Names, Value::Array(items)) => items.iter().all(Value::is_str),
            (Self::IntList(min, max), Value::Array(items)) => {
                let allowed = |item: &Value| {
                    item.as_integer()
                        .is_some_and(|number| (min..=max).contains(&number))
                };
                !items.is_empty() && items.iter().all(allowed)
            }
            _ => false,
        };
        allowed.then_some(value)
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
            Self::Choice(_) | Self::Text | Self::Path | Self::Period => {
                Value::String(text.to_owned())
            }
            Self::Names if text.trim() == AUTO => Value::String(AUTO.to_owned()),
            Self::Names => {
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
            Self::Text | Self::Path => "TEXT",
            Self::Period => "PERIOD",
            Self::Names => "NAME,…",
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
            Self::Choice(names) => f.write_str(&names().join(", ")),
            Self::Text | Self::Path => f.write_str("text"),
            Self::Period => {
                f.write_str("a number of epochs, steps, minutes or hours, such as \"10 minutes\"")
            }
            Self::Names => f.write_str("auto, or a list of names"),
            Self::IntList(min, _) => write!(f, "a list of whole numbers from {min}"),
        }
    }
}
