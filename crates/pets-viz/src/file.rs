//! Files that appear whole or not at all.

use std::io::Write;
use std::path::Path;

use atomic_write_file::AtomicWriteFile;

use crate::VizError;

/// Writes to a temporary file in the same folder, which then takes the name `path`.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), VizError> {
    let write = || -> std::io::Result<()> {
        let mut file = AtomicWriteFile::open(path)?;
        file.write_all(bytes)?;
        file.commit()
    };
    write().map_err(|source| VizError::Write {
        path: path.to_owned(),
        source,
    })
}
