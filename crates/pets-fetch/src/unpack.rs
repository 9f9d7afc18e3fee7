//! Archives, unpacked so that nothing outside the target can change.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use flate2::bufread::GzDecoder;
use pets_files::FolderLock;
use tar::{Archive, Entry, EntryType};

use crate::error::FetchError;

/// What an archive may hold at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Number of entries.
    pub entries: usize,
    /// Unpacked bytes of all entries together.
    pub bytes: u64,
}

/// Bytes that may lie between the contents of two entries: padding, a header, a long name. They are kept in memory.
const HEADER_BYTES: u64 = 8192;

/// Unpacks a `tar.gz` into the locked folder `target`, whose top-level entries appear when all of it is there.
///
/// `observer` receives the number of compressed bytes read so far and answers whether to go on; it is asked before each
/// few thousand of them.
///
/// # Errors
///
/// [`FetchError::Archive`] where the archive is damaged, above `limits`, or has an entry that is neither a file nor a
/// folder or whose path leaves the target; [`FetchError::Occupied`] where a top-level entry is in `target` already;
/// [`FetchError::Interrupted`]; [`FetchError::Lock`] where the folder is no longer the one that was locked;
/// [`FetchError::Io`]. In each case `target` is as it was.
pub fn unpack_tar_gz(
    archive: &Path,
    target: &FolderLock,
    limits: ArchiveLimits,
    observer: &mut dyn FnMut(u64) -> bool,
) -> Result<(), FetchError> {
    target.check()?;
    let staging = tempfile::Builder::new()
        .prefix(".unpacking-")
        .tempdir_in(target.folder())
        .map_err(|source| FetchError::io("write", target.folder(), source))?;
    let unpacking = Unpacking {
        archive,
        target,
        limits,
    };
    unpacking.unpack(staging.path(), observer)?;
    move_in(staging.path(), target)
}

struct Unpacking<'a> {
    archive: &'a Path,
    target: &'a FolderLock,
    limits: ArchiveLimits,
}

impl Unpacking<'_> {
    fn unpack(
        &self,
        folder: &Path,
        observer: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), FetchError> {
        let file = pets_files::open(self.archive)
            .map_err(|source| FetchError::io("read", self.archive, source))?;
        let stopped = Cell::new(false);
        let watched = Watched {
            inner: file,
            bytes: 0,
            observer,
            stopped: &stopped,
        };
        let outcome = self.write_entries(folder, BufReader::new(watched));
        if stopped.get() {
            return Err(FetchError::Interrupted);
        }
        outcome
    }

    fn write_entries(&self, folder: &Path, compressed: impl BufRead) -> Result<(), FetchError> {
        let broken = |error: io::Error| self.damaged(error.to_string());
        let allowance = Cell::new(HEADER_BYTES);
        let mut archive = Archive::new(Bounded {
            inner: GzDecoder::new(compressed),
            allowance: &allowance,
        });
        let mut left = self.limits;
        for entry in archive.entries().map_err(broken)? {
            let mut entry = entry.map_err(broken)?;
            let size = entry.size();
            if left.entries == 0 || size > left.bytes {
                return Err(self.damaged(format!(
                    "it holds more than {} entries or {} bytes",
                    self.limits.entries, self.limits.bytes
                )));
            }
            left.entries -= 1;
            left.bytes -= size;
            allowance.set(size.saturating_add(HEADER_BYTES));
            let path = safe_path(&entry).map_err(|reason| self.damaged(reason))?;
            self.target.check()?;
            write_entry(&mut entry, &folder.join(path)).map_err(broken)?;
        }
        Ok(())
    }

    fn damaged(&self, reason: String) -> FetchError {
        FetchError::Archive {
            path: self.archive.to_owned(),
            reason,
        }
    }
}

/// The entry's path below the target.
fn safe_path<R: Read>(entry: &Entry<'_, R>) -> Result<PathBuf, String> {
    let path = entry.path().map_err(|error| error.to_string())?;
    let shown = path.display();
    let kind = entry.header().entry_type();
    if !matches!(kind, EntryType::Regular | EntryType::Directory) {
        return Err(format!("entry {shown} is neither a file nor a folder"));
    }
    let inside =
        |component: &Component<'_>| matches!(component, Component::Normal(_) | Component::CurDir);
    if !path.components().all(|component| inside(&component)) {
        return Err(format!("entry {shown} leads out of the target"));
    }
    Ok(path.into_owned())
}

fn write_entry<R: Read>(entry: &mut Entry<'_, R>, path: &Path) -> io::Result<()> {
    if entry.header().entry_type() == EntryType::Directory {
        return fs::create_dir_all(path);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    io::copy(entry, &mut File::create(path)?)?;
    Ok(())
}

/// Moves the top-level entries of `staging` into `target`, none of them if one is there already.
fn move_in(staging: &Path, target: &FolderLock) -> Result<(), FetchError> {
    let listing = fs::read_dir(staging)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|source| FetchError::io("read", staging, source))?;
    let moves: Vec<_> = listing
        .into_iter()
        .map(|entry| (entry.path(), target.folder().join(entry.file_name())))
        .collect();
    // A link that leads nowhere is there too.
    let there = |path: &Path| path.symlink_metadata().is_ok();
    if let Some((_, occupied)) = moves.iter().find(|(_, to)| there(to)) {
        return Err(FetchError::Occupied(occupied.clone()));
    }
    moves.iter().try_for_each(|(from, to)| {
        target.check()?;
        fs::rename(from, to).map_err(|source| FetchError::io("write", to, source))
    })
}

/// A reader that asks before each read whether to go on.
struct Watched<'a, R> {
    inner: R,
    bytes: u64,
    observer: &'a mut dyn FnMut(u64) -> bool,
    /// Whether the answer was no, for those who get an error from the readers around this one.
    stopped: &'a Cell<bool>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stopped.get() || !(self.observer)(self.bytes) {
            self.stopped.set(true);
            return Err(io::Error::other("interrupted"));
        }
        let count = self.inner.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

/// A reader that ends in an error where more is asked of it than it is allowed to give.
struct Bounded<'a, R> {
    inner: R,
    allowance: &'a Cell<u64>,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let allowed = self.allowance.get();
        if allowed == 0 {
            return Err(io::Error::other("the header of an entry is too large"));
        }
        let count = self.inner.by_ref().take(allowed).read(buffer)?;
        self.allowance.set(allowed - count as u64);
        Ok(count)
    }
}
