//! The unfinished file of a download.

use std::fs::{self, File, Metadata};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::checksum::Checksum;
use crate::error::FetchError;

/// A file that grows until it is complete: an ordinary file of one name, and never what a link leads to.
pub(crate) struct PartFile {
    path: PathBuf,
    file: File,
}

impl PartFile {
    /// Opens the unfinished file of `path`, or makes an empty one.
    pub(crate) fn of(path: &Path) -> Result<Self, FetchError> {
        let mut name = path.as_os_str().to_owned();
        name.push(".part");
        Self::open(PathBuf::from(name))
    }

    fn open(path: PathBuf) -> Result<Self, FetchError> {
        // Opening refuses links too, but says so in words that nobody understands.
        if path.is_symlink() {
            return Err(FetchError::ForeignPart {
                path,
                found: "a link",
            });
        }
        let file = pets_files::open_or_create(&path)
            .map_err(|source| FetchError::io("write", &path, source))?;
        let metadata = file
            .metadata()
            .map_err(|source| FetchError::io("read", &path, source))?;
        if !metadata.is_file() {
            return Err(FetchError::ForeignPart {
                path,
                found: "not a regular file",
            });
        }
        if names(&metadata) > 1 {
            return Err(FetchError::ForeignPart {
                path,
                found: "a file with a second name (a hard link)",
            });
        }
        Ok(Self { path, file })
    }

    pub(crate) fn len(&self) -> Result<u64, FetchError> {
        let metadata = self.file.metadata();
        Ok(metadata.map_err(self.failed("read"))?.len())
    }

    /// Keeps the first `length` bytes; what is appended follows them.
    pub(crate) fn truncate(&mut self, length: u64) -> Result<(), FetchError> {
        self.file
            .set_len(length)
            .and_then(|()| self.file.seek(SeekFrom::End(0)))
            .map_err(self.failed("write"))?;
        Ok(())
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        let outcome = self.file.write_all(bytes);
        outcome.map_err(self.failed("write"))
    }

    /// Flushes it to the disk.
    pub(crate) fn sync(&self) -> Result<(), FetchError> {
        self.file.sync_all().map_err(self.failed("write"))
    }

    /// Says whether it is the file that was meant.
    pub(crate) fn verify(
        &mut self,
        checksum: &Checksum,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<(), FetchError> {
        let start = self.file.seek(SeekFrom::Start(0));
        start.map_err(self.failed("read"))?;
        checksum.verify_content(&self.file, &self.path, go_on)
    }

    /// Gives it its name; a link of that name is replaced, not followed.
    pub(crate) fn rename(self, path: &Path) -> Result<(), FetchError> {
        fs::rename(&self.path, path).map_err(|source| FetchError::io("write", path, source))
    }

    /// Removes it if there is nothing in it.
    pub(crate) fn remove_if_empty(self) -> Result<(), FetchError> {
        if self.len()? == 0 {
            fs::remove_file(&self.path).map_err(self.failed("remove"))?;
        }
        Ok(())
    }

    fn failed(&self, action: &'static str) -> impl FnOnce(io::Error) -> FetchError + use<'_> {
        move |source| FetchError::io(action, &self.path, source)
    }
}

/// How many names the file has, where the system tells.
#[cfg(unix)]
fn names(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
fn names(_: &Metadata) -> u64 {
    1
}
