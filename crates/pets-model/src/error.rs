//! What can go wrong with models and their files.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

use crate::architecture::Architecture;

/// An error of this crate.
#[derive(Debug, Error)]
pub enum ModelError {
    /// The name is none of the backbones.
    #[error("unknown backbone `{0}`; known: {known}", known = names(&Architecture::ALL.map(Architecture::name)))]
    UnknownArchitecture(String),

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

    /// The file is not a readable safetensors file.
    #[error("{source_name} is not a valid safetensors file: {reason}")]
    InvalidFile {
        /// The file, or what else the bytes came from.
        source_name: String,
        /// What is wrong with it.
        reason: String,
    },

    /// The file holds weights but not the description that `pets` writes into its own files.
    #[error(
        "{0} was not written by pets: its header has no model description (give plain weights with --weights)"
    )]
    NotAModelFile(PathBuf),

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

    /// No weights are bundled for the backbone.
    #[error(
        "no pretrained weights of {0} are bundled; name a file with --weights, or use --no-pretrained"
    )]
    NotBundled(Architecture),
}

/// Everything that is wrong with a set of weights, under PyTorch's tensor names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WeightProblems {
    /// Tensors of the model that the file lacks.
    pub missing: Vec<String>,
    /// Tensors that cannot be used, each with the reason.
    pub unusable: Vec<String>,
}

impl fmt::Display for WeightProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for line in &self.unusable {
            write!(f, "{separator}  {line}")?;
            separator = "\n";
        }
        if !self.missing.is_empty() {
            write!(
                f,
                "{separator}  missing ({}): {}",
                self.missing.len(),
                self.missing.join(", ")
            )?;
            write!(
                f,
                "\n  (--allow-partial leaves missing tensors at their random start)"
            )?;
        }
        Ok(())
    }
}

fn names(names: &[&str]) -> String {
    names.join(", ")
}
