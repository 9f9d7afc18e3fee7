//! What can go wrong in training.

pub(crate) mod not_finite;

use std::path::PathBuf;

use not_finite::NotFinite;
use pets_files::LockError;
use thiserror::Error;

/// An error of this crate.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A setting is out of range.
    #[error("{0}")]
    InvalidConfig(String),

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

    /// The loss or its gradients stopped being numbers.
    #[error(
        "{0}\n  a lower learning rate, clipped gradients or another loss may help; \
         the last checkpoint and the best model so far are kept"
    )]
    NotFinite(Box<NotFinite>),

    /// A weight stopped being a number; the last checkpoint is kept.
    #[error(
        "the tensor {tensor} holds values that are not finite after step {step} of epoch {epoch}; \
         a lower learning rate or clipped gradients may help, the last checkpoint and the best model so far are kept"
    )]
    WeightsNotFinite {
        /// The tensor.
        tensor: String,
        /// Epoch, counted from 1.
        epoch: usize,
        /// Step within the epoch, counted from 1.
        step: usize,
    },

    /// Every batch of an epoch was left out.
    #[error("in epoch {epoch} the loss or the gradients of every batch were not finite")]
    NothingTrained {
        /// Epoch, counted from 1.
        epoch: usize,
    },

    /// Another process writes into the folder, or it is no longer the one that was locked.
    #[error(transparent)]
    Lock(#[from] LockError),

    /// The results of a run are a link.
    #[error(
        "{path} is a link; results are written into the run's own folder: remove the link, or take another folder"
    )]
    LinkedResults {
        /// The link.
        path: PathBuf,
    },

    /// A checkpoint is not of this run.
    #[error("the checkpoint does not fit the run: {reason}")]
    ForeignCheckpoint {
        /// In what.
        reason: String,
    },

    /// A checkpoint could not be made.
    #[error("cannot make a checkpoint: {reason}")]
    NoCheckpoint {
        /// Why.
        reason: String,
    },

    /// The run to be resumed has lost its best model.
    #[error(
        "{path}, the model of epoch {epoch} and the best of the run so far, is gone; \
         put it back, or begin anew"
    )]
    LostBestModel {
        /// Where it should be.
        path: PathBuf,
        /// Its epoch, counted from 1.
        epoch: usize,
    },

    /// The caller asked to stop.
    #[error("interrupted")]
    Interrupted,

    /// A file of the run could not be written or read.
    #[error("cannot {action} {path}")]
    Io {
        /// `write`, `create`, `read`, `lock`, `remove` or `clean up`.
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
