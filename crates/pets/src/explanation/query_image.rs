//! A picture from anywhere and what it goes by.

use std::path::Path;

use image::RgbImage;
use pets_data::decode;

use crate::error::Error;

/// A picture and what it goes by.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryImage {
    /// Its pixels, upright.
    pub pixels: RgbImage,
    /// What it goes by.
    pub name: String,
}

impl QueryImage {
    /// Reads a picture, which goes by the name of its file.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] where it cannot be read.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let stem = path.file_stem().unwrap_or_default();
        Ok(Self {
            pixels: decode(path)?.into_image(),
            name: stem.to_string_lossy().into_owned(),
        })
    }
}
