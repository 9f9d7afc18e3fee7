//! What can be wrong with embeddings, their files and the settings of an evaluation.

use std::path::PathBuf;

use thiserror::Error;

/// Why embeddings could not be read, written or judged.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum EvalError {
    /// A file could not be read.
    #[error("cannot read {}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A file could not be written.
    #[error("cannot write {}: {reason}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A file is damaged or of a format that is not read.
    #[error("{} is no readable file of embeddings: {reason}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Reading a file would take too much memory.
    #[error(
        "reading {} takes {need_mib} MiB of memory or more, but the max memory is {limit_mib} MiB",
        path.display()
    )]
    TooMuchMemory {
        /// The file.
        path: PathBuf,
        /// MiB that are needed at least.
        need_mib: u64,
        /// MiB that are allowed.
        limit_mib: u64,
    },
    /// A tensor of a file is not what it must be.
    #[error("{}: \"{tensor}\" must be {expected}, but found {found}", path.display())]
    Tensor {
        /// The file.
        path: PathBuf,
        /// Name of the tensor or of the entry of the header.
        tensor: &'static str,
        /// What it must be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// What a file holds cannot be judged.
    #[error("{}: {error}", path.display())]
    InFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: Box<EvalError>,
    },
    /// Rows and their paths differ in number.
    #[error("{rows} embeddings but {paths} paths; give one path per row")]
    PathCount {
        /// Number of rows.
        rows: usize,
        /// Number of paths.
        paths: usize,
    },
    /// A label has no class name.
    #[error("row {row} has label {label}, but there are names for the labels below {names} only")]
    NoClassName {
        /// Row of the label, from 0.
        row: usize,
        /// The label.
        label: u32,
        /// Number of names.
        names: usize,
    },
    /// The embedding dimension is zero.
    #[error("the embedding dimension is 0; give the number of values per row")]
    ZeroDimension,
    /// There is no row to judge.
    #[error("there are no embeddings; give at least one row")]
    Empty,
    /// The values do not fill whole rows.
    #[error(
        "{values} values do not fill rows of {dim}: {} are left over",
        values % dim
    )]
    RaggedRows {
        /// Number of values given.
        values: usize,
        /// Values per row.
        dim: usize,
    },
    /// Rows and labels differ in number.
    #[error("{rows} embeddings but {labels} labels; give one label per row")]
    LabelCount {
        /// Number of rows.
        rows: usize,
        /// Number of labels.
        labels: usize,
    },
    /// A value is NaN or infinite.
    #[error("row {row}, column {column} holds {value}; embeddings must be finite")]
    NotFinite {
        /// Row of the value, from 0.
        row: usize,
        /// Column of the value, from 0.
        column: usize,
        /// The value.
        value: f32,
    },
    /// A row of zeros has no direction, so it cannot be normalised.
    #[error("row {row} is all zeros and cannot be scaled to length 1; remove it")]
    ZeroRow {
        /// The row, from 0.
        row: usize,
    },
    /// A row that does not exist was asked for.
    #[error("row {index} was asked for, but there are only {rows} rows (0 to {})", rows - 1)]
    RowOutOfRange {
        /// The row asked for.
        index: usize,
        /// Number of rows.
        rows: usize,
    },
    /// Queries and gallery cannot be compared.
    #[error(
        "the queries have {queries} values per row, but the gallery {gallery}; embed both with one model"
    )]
    DifferentDimensions {
        /// Values per row of the queries.
        queries: usize,
        /// Values per row of the gallery.
        gallery: usize,
    },
    /// Two models were to be compared on different samples.
    #[error("the two models were judged on different samples or labels; embed the same ones")]
    DifferentSamples,
    /// Whoever was told of the progress ended the work.
    #[error("interrupted")]
    Interrupted,
    /// A setting is outside its range.
    #[error("{name} = {value} is not allowed; {allowed}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// The value given.
        value: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// Pairs cannot be numbered on this machine.
    #[error("{pairs} pairs are more than this machine can number; judge fewer embeddings")]
    TooManyPairs {
        /// Number of pairs.
        pairs: u64,
    },
    /// Judging all pairs would take too much memory.
    #[error(
        "there are {pairs} positive pairs, more than the {most} of which all can be judged; judge a sample of the pairs"
    )]
    TooManyPositivePairs {
        /// Number of positive pairs.
        pairs: u64,
        /// Most positive pairs.
        most: u64,
    },
    /// Few-shot tasks need more classes than there are.
    #[error(
        "n_way = {n_way}, but the embeddings hold only {classes} classes; lower n_way or give more classes"
    )]
    TooFewClasses {
        /// Classes per task.
        n_way: usize,
        /// Classes there are.
        classes: usize,
    },
    /// A class is too small for few-shot tasks.
    #[error(
        "class {label} has {samples} samples, but k_shot = {k_shot} needs at least {} (one query is kept apart); lower k_shot or leave the class out",
        k_shot + 1
    )]
    TooFewSamples {
        /// Label of the class.
        label: u32,
        /// Samples it has.
        samples: usize,
        /// Support samples per class and task.
        k_shot: usize,
    },
}

impl EvalError {
    pub(crate) fn setting(
        name: &'static str,
        value: &impl ToString,
        allowed: &'static str,
    ) -> Self {
        Self::Setting {
            name,
            value: value.to_string(),
            allowed,
        }
    }
}
