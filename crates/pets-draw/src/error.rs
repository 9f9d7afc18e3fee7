//! Why a set could not be drawn.

use std::path::PathBuf;

use pets_files::LockError;

use crate::config::{DrawConfig, InvalidDrawConfig};

/// Why a set could not be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DrawError {
    /// Nothing that can be drawn was asked for.
    #[error(transparent)]
    Config(#[from] InvalidDrawConfig),
    /// The folder holds something that no drawing wrote; nothing was touched.
    #[error(
        "{} holds {}, which is not part of a drawn set; choose an empty or new folder",
        dir.display(),
        entry.display()
    )]
    Foreign {
        /// The output folder.
        dir: PathBuf,
        /// The first entry that is not ours, relative to the folder.
        entry: PathBuf,
    },
    /// The folder holds a drawn set of other parameters; nothing was touched.
    #[error(
        "{} already holds a drawn set of {found}, not of {wanted}; choose another folder or remove that one",
        dir.display()
    )]
    OtherSet {
        /// The output folder.
        dir: PathBuf,
        /// What the folder holds.
        found: DrawConfig,
        /// What was asked for.
        wanted: DrawConfig,
    },
    /// A marker file that cannot be read as one of this version.
    #[error("{} is not a marker of this version: {reason}; remove the folder or choose another", path.display())]
    Marker {
        /// The marker file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another process writes into the folder, or it is no longer the one that was drawn into.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Whoever heard of the progress asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// The file system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried, as in "cannot write".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A picture could not be encoded.
    #[error("cannot encode {}", path.display())]
    Encode {
        /// The file that was to be written.
        path: PathBuf,
        /// The encoder's reason.
        source: image::ImageError,
    },
}
