//! What a caller is told of work that takes long, and how it ends such work.

use std::fmt;
use std::path::{Path, PathBuf};

use pets_model::LoadReport;

/// A piece of work with a known number of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// What is done, such as `embedding test images`.
    pub name: String,
    /// Items in all; 0 where their number is not known.
    pub total: usize,
    /// What the items are, such as `images`.
    pub unit: &'static str,
}

impl Work {
    pub(crate) fn new(name: impl Into<String>, total: usize, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            total,
            unit,
        }
    }
}

/// Is told of the progress of long work, and may end it.
///
/// Every method has a default that does nothing; `()` is the observer that nobody listens to. Calls come from several
/// threads.
pub trait Observer: Sync {
    /// A piece of work begins. Its end is told before the next begins, unless it fails.
    fn begun(&self, _work: &Work) {}

    /// So many of its items are done.
    fn advanced(&self, _work: &Work, _done: usize) {}

    /// All of it is done.
    fn ended(&self, _work: &Work) {}

    /// Something that a person should know.
    fn noted(&self, _note: &Note<'_>) {}

    /// Whether the work is to end with [`Error::Interrupted`](crate::Error::Interrupted); asked between its items.
    fn cancelled(&self) -> bool {
        false
    }
}

impl Observer for () {}

/// Something that a person should know and that stops nothing. As text it is a sentence.
#[derive(Debug)]
#[non_exhaustive]
pub enum Note<'a> {
    /// A folder of the dataset holds no image.
    EmptyFolder(&'a Path),
    /// A picture that cannot be used is left out.
    SkippedImage(&'a str),
    /// More pictures are left out than were named.
    MoreSkippedImages(usize),
    /// What is to be drawn, fetched or unpacked is there.
    AlreadyThere(&'a Path),
    /// A download failed and is tried again.
    Retrying {
        /// The file.
        file: &'a str,
        /// Why it failed.
        reason: &'a str,
    },
    /// Another program is fetching the same file.
    WaitingForLock {
        /// The file.
        file: &'a str,
    },
    /// The backbone's weights were loaded.
    WeightsLoaded {
        /// Where they are from.
        source: &'a str,
        /// Which tensors were loaded.
        report: &'a LoadReport,
    },
    /// A picture of a run cannot be drawn; the others can.
    LeftOut {
        /// The file that is not written.
        file: PathBuf,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for Note<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyFolder(folder) => write!(
                f,
                "warning: {} holds no image, and so makes no class",
                folder.display()
            ),
            Self::SkippedImage(reason) => write!(f, "skipped: {reason}"),
            Self::MoreSkippedImages(count) => write!(f, "skipped: … and {count} more"),
            Self::AlreadyThere(path) => write!(f, "{} is there already", path.display()),
            Self::Retrying { file, reason } => write!(f, "{file}: {reason}; trying again"),
            Self::WaitingForLock { file } => {
                write!(f, "{file}: another program is fetching; waiting")
            }
            Self::WeightsLoaded { source, report } => {
                write!(f, "weights: {} tensors from {source}", report.loaded.len())?;
                if !report.missing.is_empty() {
                    write!(
                        f,
                        "\n  loaded: {}\n  not in the file, left at their random start: {}",
                        report.loaded.join(", "),
                        report.missing.join(", ")
                    )?;
                }
                if !report.unused.is_empty() {
                    write!(f, "\n  in the file, not used: {}", report.unused.join(", "))?;
                }
                Ok(())
            }
            Self::LeftOut { file, reason } => write!(f, "no {}: {reason}", file.display()),
        }
    }
}
