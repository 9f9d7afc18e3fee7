//! Reading and writing a file of embeddings by the format it has.

use std::io::{self, Write};
use std::path::Path;

use atomic_write_file::AtomicWriteFile;

use super::contents::{Contents, Rows};
use super::embeddings_file::EmbeddingsFile;
use super::memory::Memory;
use super::{npy, npz, safetensors};
use crate::embeddings::Embeddings;
use crate::error::EvalError;

/// Formats that are written.
#[derive(Clone, Copy)]
enum Format {
    Safetensors,
    Npz,
}

impl Format {
    /// The format that the extension of a path names.
    fn of(path: &Path) -> Result<Self, EvalError> {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("safetensors") => Ok(Self::Safetensors),
            Some("npz") => Ok(Self::Npz),
            _ => Err(EvalError::Write {
                path: path.to_owned(),
                reason: "its name must end in .safetensors or .npz".into(),
            }),
        }
    }

    fn bytes(self, file: &EmbeddingsFile) -> io::Result<Vec<u8>> {
        match self {
            Self::Safetensors => safetensors::to_bytes(file),
            Self::Npz => npz::to_bytes(file),
        }
    }
}

impl EmbeddingsFile {
    /// 2 GiB: what reading a file may take where nothing else is asked for.
    pub const DEFAULT_MAX_MEMORY: u64 = 2 << 30;

    /// Reads safetensors or npz, told apart by the first bytes.
    ///
    /// `max_memory` bounds the bytes that are held while it is read: those of the file, those unpacked of it, and the
    /// embeddings, labels and names. They are reckoned from what the file claims to hold before they are taken.
    ///
    /// # Errors
    /// When the file is no regular file, cannot be read, is damaged or of another format, takes more memory than
    /// `max_memory`, lacks embeddings or labels, holds them in a shape or type that is not taken, or
    /// [`Embeddings::new`] refuses them. The error names the file.
    pub fn read(path: &Path, max_memory: u64) -> Result<Self, EvalError> {
        let mut memory = Memory::new(max_memory);
        let bytes = read_bytes(path, &mut memory)?;
        let contents = if npy::is_npy(&bytes) {
            Err("a .npy file holds one array; give a second file with the labels, or save both by numpy.savez".into())
        } else if npz::is_npz(&bytes) {
            npz::read(&bytes, &mut memory)
        } else {
            safetensors::read(&bytes, &mut memory)
        };
        Self::from_contents(contents.map_err(|failure| failure.of(path))?, path)
    }

    /// Reads embeddings and labels from two npy files, both together within `max_memory` bytes.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn read_npy(embeddings: &Path, labels: &Path, max_memory: u64) -> Result<Self, EvalError> {
        let mut memory = Memory::new(max_memory);
        let bytes = read_bytes(embeddings, &mut memory)?;
        let rows = npy::parse(&bytes)
            .and_then(|array| array.to_rows(&mut memory))
            .map_err(|failure| failure.of(embeddings))?;
        let bytes = read_bytes(labels, &mut memory)?;
        let labels = npy::parse(&bytes)
            .and_then(|array| array.to_labels(&mut memory))
            .map_err(|failure| failure.of(labels))?;
        let contents = Contents {
            rows,
            labels,
            paths: None,
            class_names: None,
        };
        Self::from_contents(contents, embeddings)
    }

    /// Checks that the extension of a path names a format that is written: `.safetensors` or `.npz`.
    ///
    /// # Errors
    /// [`EvalError::Write`] when it does not.
    pub fn check_name(path: &Path) -> Result<(), EvalError> {
        Format::of(path).map(drop)
    }

    /// Writes a file of the format that the extension names: see [`check_name`](Self::check_name). A file that is there
    /// is replaced only when the new one is complete. Takes memory for a copy of all that is written.
    ///
    /// # Errors
    /// When the extension names no format, or the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), EvalError> {
        let format = Format::of(path)?;
        format
            .bytes(self)
            .and_then(|bytes| replace_file(path, &bytes))
            .map_err(|error| EvalError::Write {
                path: path.to_owned(),
                reason: error.to_string(),
            })
    }

    fn from_contents(contents: Contents, path: &Path) -> Result<Self, EvalError> {
        let Rows { data, dim } = contents.rows;
        let checked = Embeddings::new(data, dim, contents.labels).map(Self::new);
        let with_paths = match contents.paths {
            Some(paths) => checked.and_then(|file| file.with_paths(paths)),
            None => checked,
        };
        let with_names = match contents.class_names {
            Some(names) => with_paths.and_then(|file| file.with_class_names(names)),
            None => with_paths,
        };
        with_names.map_err(|error| EvalError::InFile {
            path: path.to_owned(),
            error: Box::new(error),
        })
    }
}

fn read_bytes(path: &Path, memory: &mut Memory) -> Result<Vec<u8>, EvalError> {
    let failed = |error: io::Error| EvalError::Read {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let length = pets_files::open(path)
        .and_then(|file| file.metadata())
        .map_err(failed)?
        .len();
    if length == 0 {
        return Err(EvalError::Format {
            path: path.to_owned(),
            reason: "it is empty".into(),
        });
    }
    memory.reserve(length).map_err(|failure| failure.of(path))?;
    pets_files::read(path, length).map_err(failed)
}

/// Writes to a temporary file in the same folder, flushes and renames it.
fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = AtomicWriteFile::open(path)?;
    file.write_all(bytes)?;
    file.commit()
}
