//! Reading and writing a file of embeddings by the format it has.

use std::io::{BufWriter, Write};
use std::path::Path;

use atomic_write_file::AtomicWriteFile;

use super::contents::{Contents, EMBEDDINGS, LABELS};
use super::embeddings_file::EmbeddingsFile;
use super::{npy, npz, safetensors};
use crate::embeddings::Embeddings;
use crate::error::EvalError;

impl EmbeddingsFile {
    /// Reads safetensors or npz, told apart by the first bytes.
    ///
    /// Takes memory in proportion to what the file really holds, whatever its headers claim.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged or of another format, lacks embeddings or labels, holds them in a shape
    /// or type that is not taken, or [`Embeddings::new`] refuses them. The error names the file.
    pub fn read(path: &Path) -> Result<Self, EvalError> {
        let bytes = read_bytes(path)?;
        let format = |reason| EvalError::Format {
            path: path.to_owned(),
            reason,
        };
        if npy::is_npy(&bytes) {
            let reason = "a .npy file holds one array; give a second file with the labels, or save both by numpy.savez";
            return Err(format(reason.into()));
        }
        let contents = if npz::is_npz(&bytes) {
            npz::read(&bytes)
        } else {
            safetensors::read(&bytes)
        };
        Self::from_contents(contents.map_err(format)?, path, path)
    }

    /// Reads embeddings and labels from two npy files.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn read_npy(embeddings: &Path, labels: &Path) -> Result<Self, EvalError> {
        let [rows, label_bytes] = [read_bytes(embeddings)?, read_bytes(labels)?];
        let parse = |bytes, path: &Path| {
            npy::parse(bytes).map_err(|reason| EvalError::Format {
                path: path.to_owned(),
                reason,
            })
        };
        let contents = Contents {
            embeddings: parse(&rows, embeddings)?,
            labels: parse(&label_bytes, labels)?,
            paths: None,
            class_names: None,
        };
        Self::from_contents(contents, embeddings, labels)
    }

    /// Writes a file of the format that the extension names: `.safetensors` or `.npz`. A file that is there is replaced
    /// only when the new one is complete.
    ///
    /// # Errors
    /// When the extension names no format, or the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), EvalError> {
        let failed = |reason| EvalError::Write {
            path: path.to_owned(),
            reason,
        };
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("safetensors") => replace_file(path, |file| safetensors::write(self, file)),
            Some("npz") => replace_file(path, |file| npz::write(self, file)),
            _ => return Err(failed("its name must end in .safetensors or .npz".into())),
        }
        .map_err(|error| failed(error.to_string()))
    }

    fn from_contents(
        contents: Contents<'_>,
        embeddings_path: &Path,
        labels_path: &Path,
    ) -> Result<Self, EvalError> {
        let (data, dim) = contents
            .embeddings
            .to_rows()
            .map_err(|mismatch| mismatch.of(EMBEDDINGS, embeddings_path))?;
        let labels = contents
            .labels
            .to_labels()
            .map_err(|mismatch| mismatch.of(LABELS, labels_path))?;
        let checked = Embeddings::new(data, dim, labels).map(Self::new);
        let with_paths = match contents.paths {
            Some(paths) => checked.and_then(|file| file.with_paths(paths)),
            None => checked,
        };
        let with_names = match contents.class_names {
            Some(names) => with_paths.and_then(|file| file.with_class_names(names)),
            None => with_paths,
        };
        with_names.map_err(|error| EvalError::InFile {
            path: embeddings_path.to_owned(),
            error: Box::new(error),
        })
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, EvalError> {
    let bytes = std::fs::read(path).map_err(|error| EvalError::Read {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    if bytes.is_empty() {
        return Err(EvalError::Format {
            path: path.to_owned(),
            reason: "it is empty".into(),
        });
    }
    Ok(bytes)
}

/// Writes to a temporary file in the same folder, flushes and renames it.
fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut AtomicWriteFile>) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut file = AtomicWriteFile::open(path)?;
    let mut buffered = BufWriter::new(&mut file);
    write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    file.commit()
}
