//! Files that are never half written.

use std::io::Write;
use std::path::Path;

use atomic_write_file::AtomicWriteFile;
use pets_viz::Picture;
use serde::Serialize;

use crate::error::Error;

/// Writes to a temporary file in the same folder, flushes it, then renames it.
///
/// # Errors
///
/// [`Error::Io`] names the file.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<(), Error> {
    let write = || {
        let mut file = AtomicWriteFile::open(path)?;
        file.write_all(content)?;
        file.commit()
    };
    write().map_err(Error::io("write", path))
}

/// Makes the folder that a file is to lie in, and tries to write there: for work that is long, before it begins.
///
/// # Errors
///
/// [`Error::Io`] names the folder or file.
pub fn check_writable(path: &Path) -> Result<(), Error> {
    create_parent(path)?;
    AtomicWriteFile::open(path)
        .and_then(AtomicWriteFile::discard)
        .map_err(Error::io("write", path))
}

/// Writes JSON for people as [`write_atomically`] does.
///
/// # Errors
///
/// [`Error::Io`] names the file.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(value);
    write_atomically(
        path,
        &text.map_err(|error| Error::io("write", path)(error.into()))?,
    )
}

/// As [`write_json`], for programs: in one line.
pub(crate) fn write_compact_json(path: &Path, value: &impl Serialize) -> Result<(), Error> {
    let text = serde_json::to_vec(value);
    write_atomically(
        path,
        &text.map_err(|error| Error::io("write", path)(error.into()))?,
    )
}

/// Makes the folder that a file is to lie in.
pub(crate) fn create_parent(path: &Path) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(Error::io("create", folder))
}

/// Saves a picture as PNG, in a folder that is made where it is missing.
///
/// # Errors
///
/// [`Error::Io`] and [`Error::Viz`] name the folder or file.
pub fn save_picture(picture: &Picture, path: &Path) -> Result<(), Error> {
    create_parent(path)?;
    Ok(picture.save(path)?)
}
