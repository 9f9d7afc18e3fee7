//! What a chart is asked to be, and the picture that comes out.

use std::io::Cursor;
use std::path::Path;

use image::RgbImage;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};

use crate::drawing::palette::Palette;
use crate::{Theme, VizError, file};

/// Size, title and theme of a chart; the default, 1000 × 640 pixels on white without a title, suits a
/// README.
///
/// ```
/// use pets_viz::Figure;
///
/// let figure = Figure::new(1200, 800)?.titled("Loss by epoch");
/// assert_eq!((figure.width(), figure.height()), (1200, 800));
/// assert!(Figure::new(10, 10).is_err());
/// # Ok::<(), pets_viz::VizError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    width: u32,
    height: u32,
    title: Option<String>,
    theme: Theme,
}

impl Default for Figure {
    fn default() -> Self {
        Self {
            width: 1000,
            height: 640,
            title: None,
            theme: Theme::Light,
        }
    }
}

impl Figure {
    /// Smallest side in pixels: below it labels have no room.
    pub const MIN_SIDE: u32 = 320;
    /// Largest side in pixels.
    pub const MAX_SIDE: u32 = 4096;

    /// A figure of `width` × `height` pixels.
    ///
    /// # Errors
    /// [`VizError::InvalidValue`] where a side is not within
    /// [`Self::MIN_SIDE`]..=[`Self::MAX_SIDE`].
    pub fn new(width: u32, height: u32) -> Result<Self, VizError> {
        let allowed = Self::MIN_SIDE..=Self::MAX_SIDE;
        for (name, side) in [("figure width", width), ("figure height", height)] {
            if !allowed.contains(&side) {
                return Err(VizError::InvalidValue {
                    name,
                    value: side.to_string(),
                    allowed: format!("{} to {} pixels", Self::MIN_SIDE, Self::MAX_SIDE),
                });
            }
        }
        Ok(Self {
            width,
            height,
            title: None,
            theme: Theme::Light,
        })
    }

    /// The same figure with a title above the chart.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// The same figure in the colours of `theme`.
    #[must_use]
    pub fn themed(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The title, if any.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The theme.
    pub fn theme(&self) -> Theme {
        self.theme
    }

    pub(crate) fn palette(&self) -> Palette {
        self.theme.palette()
    }
}

/// A finished picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture(RgbImage);

impl Picture {
    pub(crate) fn new(image: RgbImage) -> Self {
        Self(image)
    }

    /// The pixels.
    pub fn image(&self) -> &RgbImage {
        &self.0
    }

    /// The pixels, by value.
    pub fn into_image(self) -> RgbImage {
        self.0
    }

    /// The picture as the bytes of a PNG file, for instance to embed it in a web page.
    ///
    /// # Errors
    /// [`VizError::Encode`] where the encoder fails.
    pub fn to_png(&self) -> Result<Vec<u8>, VizError> {
        let mut bytes = Cursor::new(Vec::new());
        let encoder =
            PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive);
        self.0.write_with_encoder(encoder)?;
        Ok(bytes.into_inner())
    }

    /// Writes a PNG file. The bytes go to a temporary file in the same folder, which then takes the
    /// name `path`, so that no reader ever sees half a picture and an old file stays whole if
    /// writing fails.
    ///
    /// # Errors
    /// [`VizError::Write`] where the folder is missing or cannot be written to,
    /// [`VizError::Encode`] as in [`Self::to_png`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), VizError> {
        file::write(path.as_ref(), &self.to_png()?)
    }
}
