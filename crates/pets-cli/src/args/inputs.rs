//! Which model or embeddings a command takes.

use std::path::PathBuf;

use clap::Args;

/// What to evaluate, and how to print it.
#[derive(Debug, Clone, Args)]
pub(crate) struct EvaluateArguments {
    /// Model files, runs' folders or files of embeddings; several are compared, each with the first.
    #[arg(value_name = "FILE")]
    pub(crate) sources: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) model: ModelFile,
    /// Embeddings with labels: safetensors or npz with `embeddings`, n × d, and `labels`, n; or npy, with --labels.
    #[arg(long, value_name = "FILE")]
    pub(crate) embeddings: Option<PathBuf>,
    /// The labels to embeddings in npy, in npy too.
    #[arg(long, value_name = "FILE", requires = "embeddings")]
    pub(crate) labels: Option<PathBuf>,
    /// Embeddings in which those of --embeddings are sought; without it, each among the others.
    #[arg(long, value_name = "FILE", requires = "embeddings")]
    pub(crate) gallery: Option<PathBuf>,
    /// Print the results as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print tables in Markdown.
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
    /// Also print how each breed fares.
    #[arg(long)]
    pub(crate) breeds: bool,
}

/// Which model file to use.
#[derive(Debug, Clone, Args)]
pub(crate) struct ModelFile {
    /// The model, a file or a run's folder; unless given, the best model of the output folder.
    #[arg(long, aliases = ["load_model", "model-path", "model_path"], value_name = "FILE")]
    pub(crate) load_model: Option<PathBuf>,
}
