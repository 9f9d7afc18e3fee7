//! By what it is known that pictures are those of another time.

use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::every_sample::for_every_sample;
use crate::{DataError, Dataset};

/// Bytes that are read at a time.
const BLOCK: usize = 1 << 16;

/// What tells the pictures of a dataset from others: their number, and digests of what they are called and hold.
///
/// The digests are SHA-256, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// How many pictures there are.
    pub count: usize,
    /// Of their paths below the dataset's folder, and of the names of their classes.
    pub names: String,
    /// Of the sizes of their files.
    pub sizes: String,
    /// Of what is in their files.
    pub contents: String,
}

impl Fingerprint {
    /// What differs first between these pictures and others, if anything.
    pub fn difference(&self, other: &Self) -> Option<String> {
        if self.count != other.count {
            return Some(format!(
                "the number of pictures differs: {} and {}",
                self.count, other.count
            ));
        }
        let differs = if self.names != other.names {
            "the names or classes of pictures differ"
        } else if self.sizes != other.sizes {
            "the sizes of pictures differ"
        } else if self.contents != other.contents {
            "the contents of pictures differ"
        } else {
            return None;
        };
        Some(differs.to_owned())
    }
}

/// What the fingerprint is made of, for one picture; ordered by path.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct PictureDigest {
    path: String,
    class: String,
    size: u64,
    content: [u8; 32],
}

impl Dataset {
    /// The fingerprint of the samples with these indices, in whatever order they are given. Their files are read on all
    /// cores, block by block; `on_progress` is told how many are done, and says whether to go on.
    ///
    /// # Errors
    ///
    /// [`DataError::Read`] names a file that cannot be read; [`DataError::Interrupted`].
    ///
    /// # Panics
    ///
    /// If an index is not below the number of samples.
    pub fn fingerprint(
        &self,
        samples: &[usize],
        on_progress: impl Fn(usize) -> bool + Sync,
    ) -> Result<Fingerprint, DataError> {
        let digests = for_every_sample(samples, |sample| self.picture_digest(sample), on_progress)?;
        let mut digests = digests.into_iter().collect::<Result<Vec<_>, _>>()?;
        digests.sort_unstable();
        let digest = |add: fn(&mut Sha256, &PictureDigest)| {
            let mut hasher = Sha256::new();
            for picture in &digests {
                add(&mut hasher, picture);
            }
            hex(&hasher.finalize())
        };
        Ok(Fingerprint {
            count: samples.len(),
            names: digest(|hasher, picture| {
                for text in [&picture.path, &picture.class] {
                    hasher.update((text.len() as u64).to_le_bytes());
                    hasher.update(text);
                }
            }),
            sizes: digest(|hasher, picture| hasher.update(picture.size.to_le_bytes())),
            contents: digest(|hasher, picture| hasher.update(picture.content)),
        })
    }

    fn picture_digest(&self, sample: usize) -> Result<PictureDigest, DataError> {
        let sample = &self.samples()[sample];
        let below_root = sample.path.strip_prefix(self.root());
        let (size, content) = digest_of_file(&sample.path).map_err(|source| DataError::Read {
            path: sample.path.clone(),
            source,
        })?;
        Ok(PictureDigest {
            path: with_slashes(below_root.unwrap_or(&sample.path)),
            class: self.classes()[sample.label].name.clone(),
            size,
            content,
        })
    }
}

/// A path as it is written on any system.
fn with_slashes(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// The size of a file, and the digest of what is in it.
fn digest_of_file(path: &Path) -> std::io::Result<(u64, [u8; 32])> {
    let mut file = pets_files::open(path)?;
    let mut hasher = Sha256::new();
    let mut block = vec![0; BLOCK];
    let mut size = 0;
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok((size, hasher.finalize().into()));
        }
        hasher.update(&block[..read]);
        size += read as u64;
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    let digits = |&byte: &u8| [digit(byte >> 4), digit(byte & 15)];
    bytes.iter().flat_map(digits).collect()
}
