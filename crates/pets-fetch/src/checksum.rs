//! Checksums of files.

use std::fmt::{self, Write};
use std::io::{ErrorKind, Read};
use std::path::Path;

use md5::Md5;
use sha2::{Digest, Sha256};

use crate::error::FetchError;

/// Bytes that are read before it is asked again whether to go on.
const BLOCK: usize = 1 << 20;

/// What a file's content must hash to, in lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checksum {
    /// The leading digits of the SHA-256, as PyTorch puts them into its file names.
    Sha256Prefix(String),
    /// The whole MD5.
    Md5(String),
}

impl Checksum {
    /// Reads the regular file `path` and says whether it is the one that was meant; `go_on` is asked again and again.
    ///
    /// # Errors
    ///
    /// [`FetchError::Checksum`] where it is another, [`FetchError::Interrupted`] where `go_on` answers false,
    /// [`FetchError::Io`] where it cannot be read.
    pub fn verify(&self, path: &Path, go_on: &mut dyn FnMut() -> bool) -> Result<(), FetchError> {
        let file = pets_files::open(path).map_err(|source| FetchError::io("read", path, source))?;
        self.verify_content(file, path, go_on)
    }

    /// As [`verify`](Self::verify), of what was opened before.
    pub(crate) fn verify_content(
        &self,
        content: impl Read,
        path: &Path,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<(), FetchError> {
        let (digits, found) = match self {
            Self::Sha256Prefix(digits) => (digits, hash::<Sha256>(content, path, go_on)?),
            Self::Md5(digits) => (digits, hash::<Md5>(content, path, go_on)?),
        };
        if found.starts_with(digits) {
            return Ok(());
        }
        Err(FetchError::Checksum {
            path: path.to_owned(),
            expected: self.clone(),
            found,
        })
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sha256Prefix(digits) => write!(f, "a SHA-256 that begins with {digits}"),
            Self::Md5(digits) => write!(f, "the MD5 {digits}"),
        }
    }
}

fn hash<D: Digest>(
    mut content: impl Read,
    path: &Path,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<String, FetchError> {
    let mut digest = D::new();
    let mut block = vec![0; BLOCK];
    loop {
        if !go_on() {
            return Err(FetchError::Interrupted);
        }
        let count = match content.read(&mut block) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(source) => return Err(FetchError::io("read", path, source)),
        };
        digest.update(&block[..count]);
    }
    let mut digits = String::new();
    for byte in digest.finalize() {
        write!(digits, "{byte:02x}").expect("a string takes all that is written");
    }
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digests() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "abc").unwrap();
        let sha256 = Checksum::Sha256Prefix("ba7816bf".to_owned());
        let md5 = Checksum::Md5("900150983cd24fb0d6963f7d28e17f72".to_owned());
        sha256.verify(&path, &mut || true).unwrap();
        md5.verify(&path, &mut || true).unwrap();

        std::fs::write(&path, "abd").unwrap();
        let message = md5.verify(&path, &mut || true).unwrap_err().to_string();
        assert!(message.contains("900150983cd24fb0"), "{message}");
        assert!(sha256.verify(&path, &mut || true).is_err());
    }

    #[test]
    fn a_large_file_is_read_block_by_block() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, vec![7; 5 * BLOCK]).unwrap();
        let mut asked = 0;
        let outcome = Checksum::Md5(String::new()).verify(&path, &mut || {
            asked += 1;
            asked < 3
        });
        assert!(matches!(outcome, Err(FetchError::Interrupted)));
    }
}
