//! What can go wrong with fetching and unpacking.

use std::path::{Path, PathBuf};
use std::time::Duration;

use pets_files::LockError;
use thiserror::Error;

use crate::checksum::Checksum;

/// An error of this crate.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FetchError {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {path}")]
    Io {
        /// `read`, `write`, `remove`, …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// The folder cannot be locked, or is no longer the one that was.
    #[error(transparent)]
    Lock(LockError),

    /// The address is none that can be fetched from, or leads to such a one; or its server is not to be trusted.
    #[error("cannot fetch {url:?}: {reason}")]
    Unfetchable {
        /// The address.
        url: String,
        /// Why not.
        reason: String,
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
        /// How often it was tried without a gain.
        attempts: usize,
        /// What went wrong the last time.
        reason: String,
    },

    /// The download took too long.
    #[error(
        "fetching {url} has taken longer than the deadline, {} s; fetch it again to go on from what is there, or raise the deadline",
        deadline.as_secs_f64()
    )]
    Deadline {
        /// The address.
        url: String,
        /// How long it may take.
        deadline: Duration,
    },

    /// The server has a larger file than the one that was meant.
    #[error("{url} has {bytes} bytes or more, where {max_bytes} are allowed")]
    TooLarge {
        /// The address.
        url: String,
        /// What the server says, or what has arrived.
        bytes: u64,
        /// What is allowed.
        max_bytes: u64,
    },

    /// Something else has the place of an unfinished download; it was not touched.
    #[error("{path} is {found}, not an unfinished download; move it away")]
    ForeignPart {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: &'static str,
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

impl From<LockError> for FetchError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Interrupted => Self::Interrupted,
            error => Self::Lock(error),
        }
    }
}
