//! What the header of a picture tells, above all the memory that decoding takes, before anything of it is decoded.

mod bmp;
mod gif;
pub(crate) mod jpeg;
mod png;
mod source;
mod webp;

use image::ImageFormat;
use image::metadata::Orientation;

use crate::MAX_SIDE;
use crate::loading::headers::source::Source;

/// What decoders take beside what grows with the picture: tables, windows, buffers for reading.
const TABLES: u64 = 1 << 20;

/// What is known of a picture before it is decoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PictureHeader {
    pub(crate) format: ImageFormat,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) orientation: Orientation,
    /// The bytes of the pixels as the decoder gives them, or of 8-bit RGB if that is more.
    pub(crate) pixel_bytes: u64,
    /// The most bytes that the decoder takes beside them.
    working_bytes: u64,
}

impl PictureHeader {
    /// Reads the header of a picture, whose format its first bytes tell.
    ///
    /// Where `source` is a file, its content may be large, but little of it is read.
    pub(crate) fn read(source: &mut impl Source) -> Result<Self, String> {
        let start = source::start(source)?;
        if start.is_empty() {
            return Err("the file is empty".to_owned());
        }
        match image::guess_format(&start) {
            Ok(ImageFormat::Jpeg) => jpeg::read(source),
            Ok(ImageFormat::Png) => png::read(source),
            Ok(ImageFormat::Gif) => gif::read(source),
            Ok(ImageFormat::WebP) => webp::read(source),
            Ok(ImageFormat::Bmp) => bmp::read(source),
            _ => Err("not an image of a known format".to_owned()),
        }
    }

    /// The most bytes that decoding takes at once, with a file of `file_bytes` in memory: an upper bound of what the
    /// allocator hands out, the pixels in 8-bit RGB included.
    pub(crate) fn need(&self, file_bytes: u64) -> u64 {
        let rgb = 3 * self.pixels();
        let turned = if self.swaps_sides() { 2 * rgb } else { rgb };
        file_bytes + TABLES + (self.pixel_bytes + self.working_bytes).max(turned)
    }

    /// The most bytes that the decoder may take beside the pixels.
    pub(crate) fn working_bytes(&self) -> u64 {
        self.working_bytes + TABLES
    }

    pub(crate) fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether turning the picture upright takes a copy of it.
    fn swaps_sides(&self) -> bool {
        matches!(
            self.orientation,
            Orientation::Rotate90
                | Orientation::Rotate270
                | Orientation::Rotate90FlipH
                | Orientation::Rotate270FlipH
        )
    }
}

/// The pixels of a picture whose sides are allowed.
fn pixels(width: u32, height: u32) -> Result<u64, String> {
    if width == 0 || height == 0 {
        return Err(format!("the picture is empty: {width} x {height}"));
    }
    if width.max(height) > MAX_SIDE {
        return Err(format!(
            "{width} x {height} is too large: a side may have {MAX_SIDE} pixels"
        ));
    }
    Ok(u64::from(width) * u64::from(height))
}

fn orientation(exif: &[u8]) -> Orientation {
    Orientation::from_exif_chunk(exif).unwrap_or(Orientation::NoTransforms)
}
