//! What can go wrong.

use std::path::{Path, PathBuf};

use pets_data::DataError;
use pets_draw::DrawError;
use pets_eval::EvalError;
use pets_fetch::FetchError;
use pets_losses::LossError;
use pets_model::{Architecture, ModelError};
use pets_train::TrainError;
use pets_viz::VizError;
use thiserror::Error;

use crate::device::DeviceError;

/// An error of this crate.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The observer or the caller ended the work.
    #[error("interrupted")]
    Interrupted,

    /// There is no such device.
    #[error(transparent)]
    Device(#[from] DeviceError),

    /// There is no model where one was looked for.
    #[error("there is no model in {}", path.display())]
    NoModel {
        /// The file, or the one that a run's folder should have.
        path: PathBuf,
    },

    /// A model cannot be shown pictures.
    #[error("cannot use the model in {}: {reason}", path.display())]
    UnusableModel {
        /// Its file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },

    /// Published weights are not in the cache and cannot be fetched.
    #[error("cannot get the pretrained weights of {architecture}")]
    PretrainedWeights {
        /// The backbone.
        architecture: Architecture,
        /// Where they are published.
        url: String,
        /// Where they are kept when they are fetched.
        cached: PathBuf,
        /// Why not.
        source: Box<FetchError>,
    },

    /// There are no weights of this name in the program.
    #[error("{architecture} has no weights in the program")]
    NotBundled {
        /// The backbone.
        architecture: Architecture,
    },

    /// The platform does not say where caches go.
    #[error("cannot tell the cache folder; set {variable}")]
    NoCacheFolder {
        /// The environment variable that names one.
        variable: &'static str,
    },

    /// There is no dataset in the folder.
    #[error("there is no dataset in {}; looked for\n{}", dir.display(), lines(looked_for))]
    NoDataset {
        /// The folder.
        dir: PathBuf,
        /// Where images were looked for.
        looked_for: Vec<PathBuf>,
    },

    /// The drawing of a dataset has not come to its end.
    #[error(
        "the pictures in {} are not all drawn: their drawing was cut off, or still goes on",
        dir.display()
    )]
    UnfinishedDrawing {
        /// Its folder.
        dir: PathBuf,
    },

    /// The dataset cannot be opened.
    #[error("cannot open the dataset in {}", dir.display())]
    Dataset {
        /// Its folder.
        dir: PathBuf,
        /// Why not.
        source: Box<DataError>,
    },

    /// The dataset cannot be split.
    #[error("cannot split the dataset in {}", dir.display())]
    Split {
        /// Its folder.
        dir: PathBuf,
        /// Why not.
        source: Box<DataError>,
    },

    /// So many pictures are left out that a part of the split is of no use.
    #[error("too many pictures cannot be used")]
    TooManySkipped {
        /// What is missing.
        source: Box<DataError>,
    },

    /// A part of the split that is needed has no images.
    #[error("the split has no {part}")]
    EmptyPart {
        /// `test images`, ….
        part: &'static str,
    },

    /// Few-shot tasks want more classes than are held out.
    #[error(
        "few-shot tasks of {n_way} breeds draw them from the {held_out} held out; allowed is 2 to {held_out}"
    )]
    TooManyWays {
        /// Classes of a task.
        n_way: usize,
        /// Classes held out.
        held_out: usize,
    },

    /// Few-shot tasks want more images than a held-out class has.
    #[error(
        "few-shot tasks of {k_shot} support images: the held-out breed {class} has {images} usable images, and a few-shot task needs \
         {} of it; allowed is at most {}, or hold out other breeds",
        k_shot + 1,
        images.saturating_sub(1)
    )]
    TooManyShots {
        /// Images shown of each class of a task.
        k_shot: usize,
        /// The class.
        class: String,
        /// Its images.
        images: usize,
    },

    /// The few-shot test cannot be run.
    #[error("cannot run the few-shot test on the held-out classes")]
    FewShot {
        /// Why not.
        source: Box<EvalError>,
    },

    /// Embeddings cannot be divided by their length.
    #[error("cannot normalise {}", path.display())]
    Normalize {
        /// Their file.
        path: PathBuf,
        /// Why not.
        source: Box<EvalError>,
    },

    /// Queries and gallery are of different lengths.
    #[error("the gallery's embeddings have {gallery} values, the queries' {queries}")]
    OtherDimension {
        /// Values of an embedding of the gallery.
        gallery: usize,
        /// Values of an embedding of the queries.
        queries: usize,
    },

    /// Two models cannot be tested against each other.
    #[error("cannot compare {a} and {b}")]
    Incomparable {
        /// One of them.
        a: String,
        /// The other.
        b: String,
        /// Why not.
        source: Box<Error>,
    },

    /// Two models were evaluated on different images.
    #[error("they were evaluated on different images")]
    OtherImages,

    /// An embedding has no such value.
    #[error("there is no dimension {index}: the embedding has {dim} values, 0 to {}", dim - 1)]
    NoSuchDimension {
        /// The dimension asked for, counted from 0.
        index: usize,
        /// Values of an embedding, at least 1.
        dim: usize,
    },

    /// A run is to go on with other pictures than it began with.
    #[error(
        "the pictures are not those that the run began with: {difference}; the rest of it would be another run"
    )]
    OtherPictures {
        /// What differs first.
        difference: String,
    },

    /// A file or folder cannot be used.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// `write`, `read`, `create` or `remove`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },

    /// From reading pictures and datasets.
    #[error(transparent)]
    Data(DataError),

    /// From drawing a dataset.
    #[error(transparent)]
    Draw(Box<DrawError>),

    /// From judging embeddings.
    #[error(transparent)]
    Eval(EvalError),

    /// From the network.
    #[error(transparent)]
    Fetch(Box<FetchError>),

    /// From a loss.
    #[error(transparent)]
    Loss(#[from] LossError),

    /// From a model or its file.
    #[error(transparent)]
    Model(#[from] ModelError),

    /// From training.
    #[error(transparent)]
    Train(Box<TrainError>),

    /// From drawing pictures of results.
    #[error(transparent)]
    Viz(#[from] VizError),
}

impl Error {
    /// For `map_err`: what could not be done to which file.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Self {
        match error {
            DataError::Interrupted => Self::Interrupted,
            error => Self::Data(error),
        }
    }
}

impl From<DrawError> for Error {
    fn from(error: DrawError) -> Self {
        match error {
            DrawError::Interrupted => Self::Interrupted,
            error => Self::Draw(Box::new(error)),
        }
    }
}

impl From<EvalError> for Error {
    fn from(error: EvalError) -> Self {
        match error {
            EvalError::Interrupted => Self::Interrupted,
            error => Self::Eval(error),
        }
    }
}

impl From<FetchError> for Error {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Interrupted => Self::Interrupted,
            error => Self::Fetch(Box::new(error)),
        }
    }
}

impl From<TrainError> for Error {
    fn from(error: TrainError) -> Self {
        match error {
            TrainError::Interrupted => Self::Interrupted,
            error => Self::Train(Box::new(error)),
        }
    }
}

fn lines(paths: &[PathBuf]) -> String {
    let lines = paths.iter().map(|path| format!("  {}", path.display()));
    lines.collect::<Vec<_>>().join("\n")
}
