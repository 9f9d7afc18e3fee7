//! Layers of settings, the later over the earlier, each value with its origin.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, Table, Value};

use super::key::{InModel, Key, Need};
use super::kind::Kind;
use super::provenance::Provenance;
use super::setting::Setting;
use super::{find, keys};

/// The most bytes that a configuration file may have: 1 MiB.
const MAX_FILE: u64 = 1 << 20;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    /// The description inside a model file.
    Model(PathBuf),
    /// A configuration file, a run's among them, and the line in it.
    File(PathBuf, usize),
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Model(path) => write!(f, "{}", path.display()),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Flag(flag) => f.write_str(flag),
        }
    }
}

/// What is wrong with a setting.
#[derive(Debug, Error)]
pub(crate) enum ConfigError {
    #[error("unknown key `{key}` in {origin}{suggestion}")]
    UnknownKey {
        key: String,
        origin: Origin,
        suggestion: String,
    },
    #[error("unknown section `[{section}]` in {origin}{suggestion}")]
    UnknownSection {
        section: String,
        origin: Origin,
        suggestion: String,
    },
    #[error("{key} = {value} ({origin}): allowed is {allowed}{suggestion}")]
    NotAllowed {
        key: &'static str,
        value: String,
        origin: Origin,
        allowed: Kind,
        suggestion: String,
    },
    #[error("{setting}: {reason}")]
    Unusable { setting: String, reason: String },
    #[error("--set takes section.key=value, found `{0}`")]
    MalformedSet(String),
    #[error("cannot read the configuration {path}")]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{origin} is not valid TOML")]
    InvalidToml {
        origin: Origin,
        source: Box<toml::de::Error>,
    },
    #[error("{first} contradicts {second}: {reason}")]
    Contradiction {
        first: String,
        second: String,
        reason: String,
    },
}

/// A value for each key, and its origin.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layers {
    values: BTreeMap<&'static str, (Value, Origin)>,
}

impl Layers {
    /// The built-in defaults.
    pub(crate) fn defaults() -> Self {
        let values = keys()
            .filter_map(|key| Some((key.path, ((key.default)()?, Origin::Default))))
            .collect();
        Self { values }
    }

    /// Lays what is given over what is there.
    pub(crate) fn overlaid(mut self, given: &Self) -> Self {
        self.values.extend(given.values.clone());
        self
    }

    /// Only those that `keep` wants.
    pub(crate) fn filtered(&self, keep: impl Fn(&Key) -> bool) -> Self {
        let kept = keys().filter(|key| keep(key));
        let values = kept.filter_map(|key| Some((key.path, self.get(key)?.clone())));
        Self {
            values: values.collect(),
        }
    }

    /// Without the values that are the defaults: a run or a model that is opened again holds every setting, and what it
    /// had by default was not given.
    pub(crate) fn without_defaults(&self) -> Self {
        self.filtered(|key| self.is_changed(key))
    }

    /// Whether a setting is another than by default.
    pub(crate) fn is_changed(&self, key: &Key) -> bool {
        self.get(key).map(|(value, _)| value) != (key.default)().as_ref()
    }

    /// With the paths of files and folders that are there made absolute, so that they hold from any folder.
    pub(crate) fn with_absolute_paths(&self) -> Self {
        let mut layers = self.clone();
        for path in layers.paths() {
            if Path::new(path).exists()
                && let Ok(absolute) = std::path::absolute(&*path)
                && let Some(text) = absolute.to_str()
            {
                text.clone_into(path);
            }
        }
        layers
    }

    /// With paths below the working folder as they are seen from there, whether they were given so or not: a model file
    /// may go to another machine, and is the same whether its run was resumed or not.
    pub(crate) fn with_paths_from_here(&self) -> Self {
        let mut layers = self.with_absolute_paths();
        let Ok(here) = std::env::current_dir() else {
            return layers;
        };
        for path in layers.paths() {
            if let Ok(below) = Path::new(path).strip_prefix(&here)
                && let Some(text) = below.to_str()
            {
                *path = if text.is_empty() { "." } else { text }.to_owned();
            }
        }
        layers
    }

    /// The values that are paths.
    fn paths(&mut self) -> impl Iterator<Item = &mut String> {
        let is_path = |path: &str| find(path).is_some_and(|key| matches!(key.kind, Kind::Path));
        self.values
            .iter_mut()
            .filter_map(move |(path, entry)| match entry {
                (Value::String(text), _) if is_path(path) => Some(text),
                _ => None,
            })
    }

    /// Lays a TOML file over what is there.
    pub(crate) fn add_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let text = pets::read_text(path, MAX_FILE).map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        self.add_toml(&text, |line| Origin::File(path.to_owned(), line))
    }

    /// Lays TOML text over what is there; `origin` tells where its lines, from 1, come from.
    pub(crate) fn add_toml(
        &mut self,
        text: &str,
        origin: impl Fn(usize) -> Origin,
    ) -> Result<(), ConfigError> {
        let origin_at = |start| origin(line_at(text, start));
        let table = DeTable::parse(text).map_err(|source| ConfigError::InvalidToml {
            origin: origin_at(source.span().map_or(0, |span| span.start)),
            source: Box::new(source),
        })?;
        for (name, value) in table.into_inner() {
            let at = origin_at(name.span().start);
            let name = name.into_inner();
            match value.get_ref() {
                DeValue::Table(section) => {
                    known_section(&name, &at)?;
                    for (inner, value) in section {
                        let at = origin_at(inner.span().start);
                        let path = format!("{name}.{}", inner.get_ref());
                        self.add(&path, value.clone(), &at)?;
                    }
                }
                _ => self.add(&name, value, &at)?,
            }
        }
        Ok(())
    }

    /// Lays what a model holds over what is there; what else its run was set to stays out, known or not.
    pub(super) fn add_held(
        &mut self,
        provenance: &Provenance,
        origin: &Origin,
    ) -> Result<(), ConfigError> {
        for key in keys().filter(|key| key.in_model == InModel::Holds) {
            if let Some(value) = provenance.get(key.path) {
                self.insert(key, value.clone(), origin)?;
            }
        }
        Ok(())
    }

    /// Lays one value, as written behind a flag, over what is there.
    pub(crate) fn add_flag(&mut self, key: &'static Key, text: &str) -> Result<(), ConfigError> {
        self.insert_text(key, text, Origin::Flag(format!("--{}", key.flag())))
    }

    /// Lays `section.key=value` over what is there.
    pub(crate) fn add_set(&mut self, assignment: &str) -> Result<(), ConfigError> {
        let (path, text) = assignment
            .split_once('=')
            .ok_or_else(|| ConfigError::MalformedSet(assignment.to_owned()))?;
        let origin = Origin::Flag("--set".to_owned());
        let key = known(path.trim(), &origin)?;
        self.insert_text(key, text.trim().trim_matches('"'), origin)
    }

    fn insert_text(
        &mut self,
        key: &'static Key,
        text: &str,
        origin: Origin,
    ) -> Result<(), ConfigError> {
        let value = key
            .kind
            .parse(text)
            .ok_or_else(|| not_allowed(key, text, &origin))?;
        self.values.insert(key.path, (value, origin));
        Ok(())
    }

    fn add(
        &mut self,
        path: &str,
        value: Spanned<DeValue<'_>>,
        origin: &Origin,
    ) -> Result<(), ConfigError> {
        let key = known(path, origin)?;
        let value = Value::deserialize(ValueDeserializer::from(value)).map_err(|source| {
            ConfigError::InvalidToml {
                origin: origin.clone(),
                source: Box::new(source),
            }
        })?;
        self.insert(key, value, origin)
    }

    fn insert(
        &mut self,
        key: &'static Key,
        value: Value,
        origin: &Origin,
    ) -> Result<(), ConfigError> {
        let text = value.to_string();
        let value = key
            .kind
            .check(value)
            .ok_or_else(|| not_allowed(key, &text, origin))?;
        self.values.insert(key.path, (value, origin.clone()));
        Ok(())
    }

    /// Names the folder of a run that goes on, as well as text can.
    pub(super) fn name_run(&mut self, folder: &Path) {
        let value = Value::String(folder.display().to_string());
        self.values
            .insert("output_dir", (value, Origin::Flag("--resume".to_owned())));
    }

    /// Lays what is certain, whatever was given, over what is there.
    pub(super) fn settle(&mut self, path: &'static str, value: Value, origin: &Origin) {
        self.values.insert(path, (value, origin.clone()));
    }

    /// The settings in force as one table.
    pub(crate) fn table(&self) -> Table {
        let mut table = Table::new();
        for (path, (value, _)) in &self.values {
            match path.split_once('.') {
                None => {
                    table.insert((*path).to_owned(), value.clone());
                }
                Some((section, name)) => {
                    let section = table
                        .entry(section)
                        .or_insert_with(|| Value::Table(Table::new()));
                    if let Value::Table(section) = section {
                        section.insert(name.to_owned(), value.clone());
                    }
                }
            }
        }
        table
    }

    /// The typed form of the value at a path.
    pub(super) fn typed<T: Setting>(&self, path: &str) -> T {
        T::read(self.values.get(path).map(|(value, _)| value)).unwrap_or_else(|| {
            panic!(
                "{path} has a default, and each value was checked against its kind when it came in"
            )
        })
    }

    /// The value of a key and where it came from.
    pub(crate) fn get(&self, key: &Key) -> Option<&(Value, Origin)> {
        self.values.get(key.path)
    }

    /// The error of two settings that cannot both hold.
    pub(crate) fn contradiction(&self, first: &str, second: &str, reason: String) -> ConfigError {
        ConfigError::Contradiction {
            first: self.assignment(first),
            second: self.assignment(second),
            reason,
        }
    }

    /// The error of a setting that is of no use, though of the right kind.
    pub(crate) fn unusable(&self, path: &str, reason: String) -> ConfigError {
        ConfigError::Unusable {
            setting: self.assignment(path),
            reason,
        }
    }

    /// Whether a value was given, by a file, a flag or a model.
    pub(crate) fn is_given(&self, path: &str) -> bool {
        self.values
            .get(path)
            .is_some_and(|(_, origin)| *origin != Origin::Default)
    }

    /// Whether what a setting needs to be of any effect is there.
    pub(crate) fn meet(&self, need: Need) -> bool {
        need.is_met_by(self.values.get(need.of()).map(|(value, _)| value))
    }

    /// A setting in words: `key = value (origin)`.
    pub(crate) fn assignment(&self, path: &str) -> String {
        match self.values.get(path) {
            Some((value, origin)) => format!("{path} = {value} ({origin})"),
            None => format!("{path} (unset)"),
        }
    }
}

/// The number, from 1, of the line that holds the byte at `start`.
fn line_at(text: &str, start: usize) -> usize {
    let before = text.bytes().take(start);
    1 + before.filter(|byte| *byte == b'\n').count()
}

fn known(path: &str, origin: &Origin) -> Result<&'static Key, ConfigError> {
    find(path).ok_or_else(|| {
        let similarity = |key: &Key| {
            strsim::jaro_winkler(key.path, path).max(strsim::jaro_winkler(key.name(), path))
        };
        let names = keys().map(|key| (similarity(key), key.path));
        let suggestion = if keys().any(|key| key.section() == path) {
            format!("; `[{path}]` is a section")
        } else {
            suggestion(names)
        };
        ConfigError::UnknownKey {
            key: path.to_owned(),
            origin: origin.clone(),
            suggestion,
        }
    })
}

fn known_section(name: &str, origin: &Origin) -> Result<(), ConfigError> {
    if keys().any(|key| key.section() == name) {
        return Ok(());
    }
    let sections = keys().map(Key::section);
    let names = sections.map(|section| (strsim::jaro_winkler(section, name), section));
    Err(ConfigError::UnknownSection {
        section: name.to_owned(),
        origin: origin.clone(),
        suggestion: suggestion(names),
    })
}

/// The most similar of some names, if it is similar.
pub(super) fn suggestion<'a>(names: impl Iterator<Item = (f64, &'a str)>) -> String {
    names
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(similarity, _)| *similarity > 0.7)
        .map_or_else(String::new, |(_, name)| format!("; did you mean `{name}`?"))
}

fn not_allowed(key: &'static Key, value: &str, origin: &Origin) -> ConfigError {
    let word = value.trim_matches('"');
    let names = match key.kind {
        Kind::Choice(names) => names(),
        _ => Vec::new(),
    };
    let names = names
        .iter()
        .map(|name| (strsim::jaro_winkler(name, word), name.as_str()));
    ConfigError::NotAllowed {
        key: key.path,
        value: value.to_owned(),
        origin: origin.clone(),
        allowed: key.kind,
        suggestion: suggestion(names),
    }
}
