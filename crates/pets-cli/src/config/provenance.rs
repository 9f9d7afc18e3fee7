//! Where a model is from.

use toml::{Table, Value};

/// The settings of the run that made a model, as its file tells them: to be shown, and never to be followed.
#[derive(Debug, Clone)]
pub(crate) struct Provenance {
    text: String,
    table: Table,
}

impl Provenance {
    /// Reads the settings inside a model file.
    ///
    /// # Errors
    ///
    /// What is no TOML.
    pub(super) fn parse(text: &str) -> Result<Self, toml::de::Error> {
        Ok(Self {
            text: text.to_owned(),
            table: text.parse()?,
        })
    }

    /// The settings as TOML.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The value of the setting at a path, of whatever kind.
    pub(crate) fn get(&self, path: &str) -> Option<&Value> {
        match path.split_once('.') {
            Some((section, name)) => self.table.get(section)?.get(name),
            None => self.table.get(path),
        }
    }
}
