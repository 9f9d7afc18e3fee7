//! What can go wrong in training.

use std::path::PathBuf;

use thiserror::Error;

/// An error of this crate.
#[derive(Debug, Error)]
pub enum TrainError {
    /// A setting is out of range.
    #[error("{0}")]
    InvalidSpec(String),

    /// The loss stopped being a number.
    #[error(
        "the loss became {loss} in epoch {epoch}, step {step} (learning rate {learning_rate:e}); \
         a lower learning rate or another loss may help, the best model so far is kept"
    )]
    NotFinite {
        /// The value.
        loss: f64,
        /// Epoch, counted from 1.
        epoch: usize,
        /// Step within the epoch, counted from 1.
        step: usize,
        /// The rate of the step before.
        learning_rate: f64,
    },

    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,

    /// A file of the run could not be written or read.
    #[error("cannot {action} {path}")]
    Io {
        /// `write`, `create` or `read`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// A line of the history is not one that this program writes.
    #[error("{path}, line {line}: not a history record")]
    InvalidHistory {
        /// The history file.
        path: PathBuf,
        /// Line, counted from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },

    /// The data could not be read.
    #[error(transparent)]
    Data(#[from] pets_data::DataError),

    /// The model could not be built or saved.
    #[error(transparent)]
    Model(#[from] pets_model::ModelError),

    /// The loss could not be set up.
    #[error(transparent)]
    Loss(#[from] pets_losses::LossError),

    /// The embeddings could not be judged.
    #[error(transparent)]
    Eval(#[from] pets_eval::EvalError),
}
