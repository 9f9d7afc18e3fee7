//! Headers of BMP files.

use image::codecs::bmp::BmpDecoder;
use image::metadata::Orientation;
use image::{ImageDecoder, ImageFormat};

use crate::loading::headers::source::Source;
use crate::loading::headers::{PictureHeader, pixels};
use crate::loading::rgb_in_place::bytes_per_pixel;

/// Beside the pixels, which are read row by row, a BMP takes a palette.
pub(super) fn read(source: &mut impl Source) -> Result<PictureHeader, String> {
    let decoder = BmpDecoder::new(source).map_err(|error| error.to_string())?;
    let (width, height) = decoder.dimensions();
    let pixels = pixels(width, height)?;
    Ok(PictureHeader {
        format: ImageFormat::Bmp,
        width,
        height,
        orientation: Orientation::NoTransforms,
        pixel_bytes: bytes_per_pixel(decoder.color_type()) as u64 * pixels,
        working_bytes: 0,
    })
}
