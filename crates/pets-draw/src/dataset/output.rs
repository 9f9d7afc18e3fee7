//! Files of a set, each new and in the folder that was locked.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use pets_files::FolderLock;

use super::folder::io;
use crate::DrawError;

/// The folder that a set is drawn into.
pub(super) struct Output {
    lock: FolderLock,
}

impl Output {
    pub(super) fn new(lock: FolderLock) -> Self {
        Self { lock }
    }

    pub(super) fn create_folder(&self, relative: &str) -> Result<(), DrawError> {
        let path = self.place(Path::new(relative))?;
        fs::create_dir(&path).map_err(|source| io("make the folder", &path, source))
    }

    pub(super) fn create(&self, relative: &Path) -> Result<OutputFile, DrawError> {
        let path = self.place(relative)?;
        // The folder was empty: whatever is there now, a link perhaps, came from elsewhere.
        let file = File::create_new(&path).map_err(|source| io("write", &path, source))?;
        Ok(OutputFile {
            path,
            writer: BufWriter::new(file),
        })
    }

    pub(super) fn write(&self, relative: &Path, bytes: &[u8]) -> Result<(), DrawError> {
        let mut file = self.create(relative)?;
        file.append(bytes)?;
        file.finish()?;
        Ok(())
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> Result<(), DrawError> {
        let path = self.place(Path::new(to))?;
        let from = self.lock.folder().join(from);
        fs::rename(from, &path).map_err(|source| io("write", &path, source))
    }

    /// Where a file belongs, if the folder is still there.
    fn place(&self, relative: &Path) -> Result<PathBuf, DrawError> {
        self.lock.check()?;
        Ok(self.lock.folder().join(relative))
    }
}

/// A file that is being written.
pub(super) struct OutputFile {
    path: PathBuf,
    writer: BufWriter<File>,
}

impl OutputFile {
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), DrawError> {
        let outcome = self.writer.write_all(bytes);
        outcome.map_err(|source| io("write", &self.path, source))
    }

    /// Writes out what is still in memory.
    pub(super) fn finish(mut self) -> Result<(), DrawError> {
        let outcome = self.writer.flush();
        outcome.map_err(|source| io("write", &self.path, source))
    }
}
