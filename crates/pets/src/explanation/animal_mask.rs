//! Where the animal is, in datasets whose annotations say it.

use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};
use pets_data::decode;
use pets_draw::{ANIMAL, BACKGROUND};

use crate::error::Error;

/// Where the animal is in a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnimalMask {
    /// Whether each pixel is of the animal; `None` at its border.
    pub pixels: Vec<Option<bool>>,
    /// Height in pixels.
    pub height: usize,
    /// Width in pixels.
    pub width: usize,
}

impl AnimalMask {
    /// Reads the trimap of `images/NAME.jpg`, `annotations/trimaps/NAME.png`; none where there is no
    /// such file.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] where the file is no picture.
    pub fn of(picture: &Path) -> Result<Option<Self>, Error> {
        let Some(path) = trimap_of(picture).filter(|path| path.is_file()) else {
            return Ok(None);
        };
        Ok(Some(Self::from_trimap(&*decode(&path)?)))
    }

    /// A trimap is grey, and so its channels are equal.
    fn from_trimap(trimap: &RgbImage) -> Self {
        let meaning = |pixel: &Rgb<u8>| match pixel.0[0] {
            ANIMAL => Some(true),
            BACKGROUND => Some(false),
            _ => None,
        };
        Self {
            pixels: trimap.pixels().map(meaning).collect(),
            height: trimap.height() as usize,
            width: trimap.width() as usize,
        }
    }
}

fn trimap_of(picture: &Path) -> Option<PathBuf> {
    let root = picture.parent()?.parent()?;
    let name = Path::new(picture.file_stem()?).with_extension("png");
    Some(root.join("annotations/trimaps").join(name))
}
