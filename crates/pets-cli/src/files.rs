//! Files that are never half written.

use std::io::Write;
use std::path::Path;

use atomic_write_file::AtomicWriteFile;

/// Writes to a temporary file in the same folder, flushes it, then renames it.
pub(crate) fn write_atomically(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut file = AtomicWriteFile::open(path)?;
    file.write_all(content)?;
    file.commit()
}
