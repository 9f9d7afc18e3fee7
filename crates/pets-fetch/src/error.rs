//! What can go wrong with fetching and unpacking.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::checksum::Checksum;

/// An error of this crate.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {path}")]
    Io {
        /// `read`, `write`, `lock`, …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// The server said no, and asking again would not help.
    #[error("{url} answers {status}")]
    Refused {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
    },

    /// The network or the server failed, again and again.
    #[error("cannot fetch {url} after {attempts} attempts: {reason}")]
    Unreachable {
        /// The address.
        url: String,
        /// How often it was tried without a byte gained.
        attempts: usize,
        /// What went wrong the last time.
        reason: String,
    },

    /// The content is not the file that was meant.
    #[error("{path} should have {expected}, found {found}")]
    Checksum {
        /// The file.
        path: PathBuf,
        /// What was expected.
        expected: Checksum,
        /// The digest that was found.
        found: String,
    },

    /// The archive is damaged, or holds what an archive of files and folders does not need.
    #[error("{path} cannot be unpacked: {reason}")]
    Archive {
        /// The archive.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// What an archive would write is there already.
    #[error("{0} is there already; move it away to unpack the archive again")]
    Occupied(PathBuf),

    /// The observer asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl FetchError {
    pub(crate) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }
}
