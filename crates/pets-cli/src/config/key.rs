//! A setting as the program knows it: what its declaration says, as data.

use std::fmt;

use toml::Value;

use super::kind::Kind;
use super::loss_parameters::defaults_of_losses;

/// A setting. Flags, checks, messages and `configs/default.toml` all come from it.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    /// `section.name`, or `name` at the top.
    pub(crate) path: &'static str,
    /// The long flag without its dashes; the name, with dashes, unless given.
    pub(crate) flag: Option<&'static str>,
    /// Other names of the flag; without a section they are names of the setting, too.
    pub(crate) aliases: &'static [&'static str],
    /// Which values are allowed.
    pub(crate) kind: Kind,
    /// Makes the default; none where the setting is unset unless given.
    pub(crate) default: fn() -> Option<Value>,
    /// The declaration's documentation.
    pub(crate) documentation: &'static str,
    /// What becomes of it in the model file of a run.
    pub(crate) in_model: InModel,
    /// Whether it may be another when a run goes on.
    pub(crate) on_resume: OnResume,
    /// Whether it is a parameter of some losses, each of which has its own default.
    pub(crate) of_losses: bool,
    /// What other setting it needs to be of any effect.
    pub(crate) needs: Option<Need>,
    /// What part of the work it belongs to, which decides in whose `--help` it stands.
    pub(crate) topic: Topic,
}

/// What becomes of a setting in the model file of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InModel {
    /// It belongs to a machine or a folder, and stays out of it.
    Absent,
    /// It tells where the model is from, and decides nothing where the model is opened.
    Shown,
    /// It says what the model is, or which pictures it was not trained on, and holds where the model is opened.
    Holds,
}

/// Whether a setting may be another when a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnResume {
    /// The rest of the run would be another run.
    Fixed,
    /// It changes nothing about how the rest of the run is trained.
    Free,
    /// It may change the last digits alone: a run must be able to go on where its device is gone.
    LastDigits,
    /// It may grow, where the schedule does not depend on it.
    Grows,
}

/// What a setting needs of another to be of any effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The setting at a path has one of some values.
    OneOf(&'static str, &'static [&'static str]),
    /// The switch at a path is on.
    On(&'static str),
    /// The number at a path is above 0.
    AboveZero(&'static str),
}

/// The parts of the work that settings belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// Finding, fetching or drawing the dataset.
    Dataset,
    /// Dividing the dataset.
    Split,
    /// Fetching from the network.
    Network,
    /// Running a model, in a folder, on a device.
    Run,
    /// Published weights.
    Weights,
    /// The backbone that training starts from.
    Start,
    /// Training.
    Training,
    /// Making embeddings.
    Embedding,
    /// Judging embeddings.
    Evaluation,
    /// Sheets of pictures and where a model looks.
    Attention,
    /// Charts and maps.
    Charts,
}

impl Key {
    /// What a declaration starts from: attributes that it does not give.
    pub(crate) const PLAIN: Self = Self {
        path: "",
        flag: None,
        aliases: &[],
        kind: Kind::Text,
        default: || None,
        documentation: "",
        in_model: InModel::Shown,
        on_resume: OnResume::Fixed,
        of_losses: false,
        needs: None,
        topic: Topic::Training,
    };

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

    /// The long flag without its dashes; underscores work in place of the dashes inside it.
    pub(crate) fn flag(&self) -> String {
        self.flag
            .map_or_else(|| self.name().replace('_', "-"), str::to_owned)
    }

    /// The meaning, in a line, with the losses' defaults and with what the setting needs.
    pub(crate) fn help(&self) -> String {
        let text = self.documentation.trim().trim_end_matches('.');
        let defaults = self
            .of_losses
            .then(|| format!(" [{}]", defaults_of_losses(self.name())));
        // A switch that is on unless it is turned off goes without saying.
        let need = self.needs.filter(|need| !matches!(need, Need::On(_)));
        let need = need.map(|need| format!(" ({need})"));
        [text.to_owned()]
            .into_iter()
            .chain(defaults)
            .chain(need)
            .collect()
    }

    /// The default as TOML.
    pub(crate) fn default_text(&self) -> Option<String> {
        (self.default)().map(|value| match value {
            Value::Float(number) if number > 0.0 && number < 1e-3 => format!("{number:e}"),
            value => value.to_string(),
        })
    }

    /// Whether this is a name of the setting: its path or, without a section, its flag or another name of it.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        let name_in_section = name
            .strip_prefix(self.section())
            .and_then(|rest| rest.strip_prefix('.'))
            .unwrap_or(name);
        let dashed = name_in_section.replace('_', "-");
        self.path == name || self.aliases.contains(&dashed.as_str()) || self.flag() == dashed
    }
}

impl Need {
    /// The path of the setting that is needed.
    pub(crate) const fn of(self) -> &'static str {
        match self {
            Self::OneOf(path, _) | Self::On(path) | Self::AboveZero(path) => path,
        }
    }

    /// Whether the setting has a value that is needed of it.
    pub(crate) fn is_met_by(self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::OneOf(_, names), Some(Value::String(name))) => names.contains(&name.as_str()),
            (Self::On(_), Some(Value::Boolean(on))) => *on,
            (Self::AboveZero(_), Some(Value::Integer(number))) => *number > 0,
            _ => false,
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self
            .of()
            .split_once('.')
            .map_or(self.of(), |(_, name)| name);
        match self {
            Self::OneOf(_, names) => write!(f, "{name} = {}", names.join(", ")),
            Self::On(_) => write!(f, "{name} = true"),
            Self::AboveZero(_) => write!(f, "{name} above 0"),
        }
    }
}

/// By its path: the rest is the same for all keys of that path.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path)
    }
}
