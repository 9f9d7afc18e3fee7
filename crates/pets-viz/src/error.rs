//! What can go wrong, and what to do about it.

use std::path::PathBuf;

/// Why a picture could not be made or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VizError {
    /// The file could not be written; what stood at `path` before is untouched.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file that was to be written.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The picture could not be encoded as PNG.
    #[error("cannot encode the picture as PNG: {0}")]
    Encode(#[from] image::ImageError),
    /// The chart library refused to draw.
    #[error("cannot draw the chart: {0}")]
    Draw(String),
    /// There is nothing to draw.
    #[error("nothing to draw: {what} is empty")]
    Empty {
        /// The empty input.
        what: &'static str,
    },
    /// Two inputs that belong together differ in length.
    #[error("{what}: expected {expected} values, got {got}")]
    LengthMismatch {
        /// The input with the wrong length.
        what: &'static str,
        /// The length the other inputs ask for.
        expected: usize,
        /// The length it has.
        got: usize,
    },
    /// A value is NaN or infinite.
    #[error("{what}: value {index} is NaN or infinite; only finite values can be drawn")]
    NotFinite {
        /// The input that holds the value.
        what: &'static str,
        /// Its position, counted from 0.
        index: usize,
    },
    /// A value lies outside what is allowed.
    #[error("{name} = {value} is not allowed: {allowed}")]
    InvalidValue {
        /// The setting or input.
        name: &'static str,
        /// The value it has.
        value: String,
        /// What would be allowed.
        allowed: String,
    },
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
    /// The crate was built without what this needs.
    #[error("{what} is not in this build: it was made without the feature `{feature}`")]
    NotBuiltIn {
        /// What was asked for.
        what: &'static str,
        /// The feature that brings it.
        feature: &'static str,
    },
    /// A projection needs more samples than there are.
    #[error("{method} needs at least {minimum} samples, got {got}")]
    TooFewSamples {
        /// The projection.
        method: &'static str,
        /// The fewest it can work with.
        minimum: usize,
        /// How many there are.
        got: usize,
    },
    /// The exact method would take too long for so many samples.
    #[error(
        "linfa's exact t-SNE takes at most {maximum} samples, got {got}; use TsneEngine::Manifolds"
    )]
    TooManySamples {
        /// The most the exact method accepts.
        maximum: usize,
        /// How many there are.
        got: usize,
    },
    /// Every embedding is the same vector, so there are no neighbours to keep.
    #[error(
        "all {samples} embeddings are equal: there is nothing to project (did the model collapse?)"
    )]
    NoSpread {
        /// How many embeddings there are.
        samples: usize,
    },
    /// The projection failed or gave coordinates that are not finite.
    #[error("{method} failed: {reason}")]
    Projection {
        /// The projection.
        method: &'static str,
        /// What it reported.
        reason: String,
    },
}
