//! Checksums of files.

use std::fmt::{self, Write};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use md5::Md5;
use sha2::{Digest, Sha256};

use crate::error::FetchError;

/// What a file's content must hash to, in lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checksum {
    /// The leading digits of the SHA-256, as PyTorch puts them into its file names.
    Sha256Prefix(String),
    /// The whole MD5.
    Md5(String),
}

impl Checksum {
    /// Reads `path` and says whether it is the file that was meant.
    ///
    /// # Errors
    ///
    /// [`FetchError::Checksum`] where it is another, [`FetchError::Io`] where it cannot be read.
    pub fn verify(&self, path: &Path) -> Result<(), FetchError> {
        let found = self
            .of_file(path)
            .map_err(|source| FetchError::io("read", path, source))?;
        if found.starts_with(self.digits()) {
            Ok(())
        } else {
            Err(FetchError::Checksum {
                path: path.to_owned(),
                expected: self.clone(),
                found,
            })
        }
    }

    fn of_file(&self, path: &Path) -> io::Result<String> {
        let file = File::open(path)?;
        match self {
            Self::Sha256Prefix(_) => hash::<Sha256>(file),
            Self::Md5(_) => hash::<Md5>(file),
        }
    }

    fn digits(&self) -> &str {
        match self {
            Self::Sha256Prefix(digits) | Self::Md5(digits) => digits,
        }
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

fn hash<D: Digest>(mut reader: impl Read) -> io::Result<String> {
    let mut digest = D::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        digest.update(&buffer[..count]);
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
        sha256.verify(&path).unwrap();
        md5.verify(&path).unwrap();

        std::fs::write(&path, "abd").unwrap();
        let message = md5.verify(&path).unwrap_err().to_string();
        assert!(message.contains("900150983cd24fb0"), "{message}");
        assert!(sha256.verify(&path).is_err());
    }
}
