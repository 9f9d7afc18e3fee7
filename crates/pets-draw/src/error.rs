//! Why a set could not be drawn.

use std::path::PathBuf;

use crate::DrawSpec;

/// Why a set could not be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DrawError {
    /// No breed was asked for.
    #[error("breeds must be at least 1, not 0")]
    Breeds,
    /// Too few pictures of each breed to fill trainval.txt and test.txt.
    #[error(
        "images must be at least 2, not {images}: half of each breed is for training, half for testing"
    )]
    Images {
        /// The pictures asked for.
        images: usize,
    },
    /// The size is out of range.
    #[error(
        "size must be {} to {} pixels, not {size}",
        DrawSpec::SIZES.start(),
        DrawSpec::SIZES.end()
    )]
    Size {
        /// The size asked for.
        size: u32,
    },
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
        found: DrawSpec,
        /// What was asked for.
        wanted: DrawSpec,
    },
    /// A marker file that cannot be read as one of this version.
    #[error("{} is not a marker of this version: {reason}; remove the folder or choose another", path.display())]
    Marker {
        /// The marker file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
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
