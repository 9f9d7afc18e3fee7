//! Archives, unpacked so that nothing outside the target can change.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use flate2::bufread::GzDecoder;
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

/// Bytes of a tar stream that an entry may take beside its content: its header, a long name, padding.
const ENTRY_OVERHEAD: u64 = 8192;

impl ArchiveLimits {
    /// Where a stream that stays within the limits has ended.
    fn stream_bytes(self) -> u64 {
        let overhead = ENTRY_OVERHEAD.saturating_mul(self.entries as u64 + 2);
        self.bytes.saturating_add(overhead)
    }
}

/// Unpacks a `tar.gz` into the folder `target`, whose top-level entries appear when all of it is there.
///
/// `observer` receives the number of compressed bytes read so far and answers whether to go on.
///
/// # Errors
///
/// [`FetchError::Archive`] where the archive is damaged, above `limits`, or has an entry that is neither a file nor a
/// folder or whose path leaves the target; [`FetchError::Occupied`] where a top-level entry is in `target` already;
/// [`FetchError::Interrupted`]; [`FetchError::Io`]. In each case `target` is as it was.
pub fn unpack_tar_gz(
    archive: &Path,
    target: &Path,
    limits: ArchiveLimits,
    observer: &mut dyn FnMut(u64) -> bool,
) -> Result<(), FetchError> {
    fs::create_dir_all(target).map_err(|source| FetchError::io("create", target, source))?;
    let staging = tempfile::Builder::new()
        .prefix(".unpacking-")
        .tempdir_in(target)
        .map_err(|source| FetchError::io("write", target, source))?;
    Unpacking {
        archive,
        limits,
        observer,
    }
    .into_folder(staging.path())?;
    move_in(staging.path(), target)
}

struct Unpacking<'a> {
    archive: &'a Path,
    limits: ArchiveLimits,
    observer: &'a mut dyn FnMut(u64) -> bool,
}

impl Unpacking<'_> {
    fn into_folder(self, folder: &Path) -> Result<(), FetchError> {
        let damaged = |reason: String| FetchError::Archive {
            path: self.archive.to_owned(),
            reason,
        };
        let broken = |error: io::Error| damaged(error.to_string());
        let file = File::open(self.archive)
            .map_err(|source| FetchError::io("read", self.archive, source))?;
        let compressed = Counted::new(BufReader::new(file));
        let count = compressed.count.clone();
        let unpacked = GzDecoder::new(BufReader::new(compressed)).take(self.limits.stream_bytes());
        let mut archive = Archive::new(unpacked);
        let mut left = self.limits;
        for entry in archive.entries().map_err(broken)? {
            if !(self.observer)(count.get()) {
                return Err(FetchError::Interrupted);
            }
            let mut entry = entry.map_err(broken)?;
            let size = entry.size();
            if left.entries == 0 || size > left.bytes {
                return Err(damaged(format!(
                    "it holds more than {} entries or {} bytes",
                    self.limits.entries, self.limits.bytes
                )));
            }
            left.entries -= 1;
            left.bytes -= size;
            let path = safe_path(&entry).map_err(damaged)?;
            write_entry(&mut entry, &folder.join(path)).map_err(broken)?;
        }
        Ok(())
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
fn move_in(staging: &Path, target: &Path) -> Result<(), FetchError> {
    let listing = fs::read_dir(staging)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|source| FetchError::io("read", staging, source))?;
    let moves: Vec<_> = listing
        .into_iter()
        .map(|entry| (entry.path(), target.join(entry.file_name())))
        .collect();
    if let Some((_, occupied)) = moves.iter().find(|(_, to)| to.exists()) {
        return Err(FetchError::Occupied(occupied.clone()));
    }
    moves.iter().try_for_each(|(from, to)| {
        fs::rename(from, to).map_err(|source| FetchError::io("write", to, source))
    })
}

/// A reader that counts what goes through it, for an observer that has no hold of it.
struct Counted<R> {
    inner: R,
    count: std::rc::Rc<std::cell::Cell<u64>>,
}

impl<R> Counted<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            count: std::rc::Rc::default(),
        }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count.set(self.count.get() + count as u64);
        Ok(count)
    }
}
