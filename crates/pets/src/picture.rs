//! Pictures from anywhere: files, bytes, pixels.

use std::path::{Path, PathBuf};

use image::RgbImage;
use pets_data::{DataError, DecodedPicture, decode, decode_bytes};

/// A picture to be shown to a model.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// A file, which is read when its turn comes.
    File(PathBuf),
    /// The content of a file, which is decoded when its turn comes.
    Bytes(Vec<u8>),
    /// Pixels, upright.
    Pixels(RgbImage),
}

impl Picture {
    /// The pixels, upright, in 8-bit RGB; those of a file or of its bytes count against the decoding budget.
    ///
    /// # Errors
    ///
    /// As [`pets_data::decode`].
    pub fn into_pixels(self) -> Result<DecodedPicture, DataError> {
        match self {
            Self::File(path) => decode(path),
            Self::Bytes(bytes) => decode_bytes(&bytes, "a picture in memory"),
            Self::Pixels(pixels) => Ok(pixels.into()),
        }
    }
}

impl From<PathBuf> for Picture {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<&PathBuf> for Picture {
    fn from(path: &PathBuf) -> Self {
        Self::File(path.clone())
    }
}

impl From<&Path> for Picture {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<&str> for Picture {
    fn from(path: &str) -> Self {
        Self::File(path.into())
    }
}

impl From<Vec<u8>> for Picture {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<RgbImage> for Picture {
    fn from(pixels: RgbImage) -> Self {
        Self::Pixels(pixels)
    }
}
