//! What can go wrong with models and their files.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

use crate::backbones::registry::Architecture;

/// An error of this crate.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The name is none of the backbones.
    #[error("unknown backbone `{0}`; known: {known}", known = names(Architecture::NAMES))]
    UnknownArchitecture(String),

    /// A name is none of those known.
    #[error("there is no {what} `{given}`: use one of {allowed}")]
    UnknownName {
        /// What the name should have named.
        what: &'static str,
        /// The name given.
        given: String,
        /// The names known, separated by commas.
        allowed: String,
    },

    /// The name is none of the backbone's stages.
    #[error(
        "unknown stage `{name}` of {architecture}; known: {known}",
        known = names(architecture.stages())
    )]
    UnknownStage {
        /// The name as given.
        name: String,
        /// The backbone whose stages were looked through.
        architecture: Architecture,
    },

    /// The library was built without the weights that it usually bundles.
    #[error(
        "these weights are not in this build: it was made without the feature `bundled-weights`"
    )]
    NotBundled,

    /// A value of the configuration is out of range.
    #[error("invalid model configuration: {0}")]
    InvalidConfig(String),

    /// A file could not be read or written.
    #[error("cannot {action} {path}")]
    Io {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// The file is damaged, or of a kind that is not read.
    #[error("{source_name} cannot be read as weights: {reason}")]
    InvalidFile {
        /// The file, or what else the bytes came from.
        source_name: String,
        /// What is wrong with it.
        reason: String,
    },

    /// The file holds tensors, but none of a known backbone.
    #[error(
        "{source_name} holds no tensor of a known backbone ({known}); it has {found}",
        known = names(Architecture::NAMES)
    )]
    UnknownModel {
        /// The file.
        source_name: String,
        /// Some of the names found.
        found: String,
    },

    /// The weights do not fit the model.
    #[error("{source_name} does not fit {target}:\n{problems}")]
    WeightsMismatch {
        /// The file, or what else the weights came from.
        source_name: String,
        /// The model that was to be loaded.
        target: String,
        /// Missing tensors, wrong shapes, values that are not finite.
        problems: WeightProblems,
    },
}

/// Everything that is wrong with a set of weights, under PyTorch's tensor names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WeightProblems {
    /// Tensors of the model that the file lacks.
    pub missing: Vec<String>,
    /// Tensors of the file that the model has no place for.
    pub unexpected: Vec<String>,
    /// Tensors that cannot be used, each with the reason.
    pub unusable: Vec<String>,
}

impl fmt::Display for WeightProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines: Vec<_> = self
            .unusable
            .iter()
            .map(|line| format!("  {line}"))
            .collect();
        for (kind, names) in [("missing", &self.missing), ("unexpected", &self.unexpected)] {
            if !names.is_empty() {
                lines.push(format!("  {kind} ({}): {}", names.len(), names.join(", ")));
            }
        }
        if !self.missing.is_empty() {
            lines.push(
                "  (where partial weights are allowed, missing tensors keep their random start)"
                    .to_owned(),
            );
        }
        f.write_str(&lines.join("\n"))
    }
}

fn names(names: &[&str]) -> String {
    names.join(", ")
}
