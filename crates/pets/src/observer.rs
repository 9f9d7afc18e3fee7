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
    /// The unit of work whose items are hundredths of it.
    pub const PERCENT: &'static str = "%";

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
    /// Folders of the dataset hold no image.
    EmptyFolders(&'a [PathBuf]),
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
            Self::EmptyFolders([folder]) => write!(
                f,
                "warning: {} holds no image, and so makes no class",
                folder.display()
            ),
            Self::EmptyFolders(folders) => {
                let names = folders.iter().map(|folder| folder.display().to_string());
                write!(
                    f,
                    "warning: {} folders hold no image, and so make no class: {}",
                    folders.len(),
                    first(names)
                )
            }
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
                        first(report.loaded.iter().cloned()),
                        first(report.missing.iter().cloned())
                    )?;
                }
                if !report.unused.is_empty() {
                    let unused = first(report.unused.iter().cloned());
                    write!(f, "\n  in the file, not used: {unused}")?;
                }
                Ok(())
            }
            Self::LeftOut { file, reason } => write!(f, "no {}: {reason}", file.display()),
        }
    }
}

/// How many names a note tells.
const SHOWN: usize = 40;

/// The first of some names, and how many more there are.
fn first(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(SHOWN);
    let text = names.take(SHOWN).collect::<Vec<_>>().join(", ");
    if more == 0 {
        text
    } else {
        format!("{text} and {more} more")
    }
}
