//! Checksums of files.

use std::fmt::{self, Write};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use md5::Md5;
use sha2::{Digest, Sha256};

/// What a file's content must hash to, in lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checksum {
    /// The leading digits of the SHA-256, as PyTorch puts them into its file names.
    Sha256Prefix(String),
    /// The whole MD5.
    Md5(String),
}

impl Checksum {
    /// The digest of a file, of this checksum's kind.
    pub(crate) fn of_file(&self, path: &Path) -> io::Result<String> {
        let file = File::open(path)?;
        match self {
            Self::Sha256Prefix(_) => hash::<Sha256>(file),
            Self::Md5(_) => hash::<Md5>(file),
        }
    }

    /// The digits that a digest must begin with.
    pub(crate) fn digits(&self) -> &str {
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
