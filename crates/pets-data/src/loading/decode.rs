//! Pictures out of files of any kind, with bounds on what they may take.

use std::any::Any;
use std::fs::File;
use std::io::{Cursor, Read};
use std::panic::catch_unwind;
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

use crate::DataError;

/// The longest side, in pixels, that a picture may have.
pub const MAX_SIDE: u32 = 16_384;

/// The most bytes that a picture's file, or its pixels while decoded, may take: 512 MiB.
pub const MAX_BYTES: u64 = 512 << 20;

/// Reads and decodes an image file to 8-bit RGB, turned upright as its EXIF orientation says.
///
/// The format is told from the content, not from the extension. Grey, palette, 16-bit and CMYK pictures are converted;
/// an alpha channel is dropped, as Pillow's `convert("RGB")` does.
///
/// # Errors
///
/// [`DataError::Read`] if the file cannot be read; [`DataError::Decode`] if it is no image of a known format, damaged
/// or cut short, empty, or beyond [`MAX_SIDE`] or [`MAX_BYTES`]. Both name the file.
pub fn decode(path: impl AsRef<Path>) -> Result<RgbImage, DataError> {
    let path = path.as_ref();
    let bytes = read(path).map_err(|source| DataError::Read {
        path: path.to_path_buf(),
        source,
    })?;
    decode_bytes(&bytes, path)
}

/// As [`decode`], of a file's bytes; `name` says in errors which picture it was.
///
/// # Errors
///
/// [`DataError::Decode`], as [`decode`].
pub fn decode_bytes(bytes: &[u8], name: impl AsRef<Path>) -> Result<RgbImage, DataError> {
    // A damaged picture that finds a fault in a decoder must not take the program down.
    catch_unwind(|| decode_upright(bytes))
        .unwrap_or_else(|panic| Err(panic_message(&*panic)))
        .map_err(|reason| DataError::Decode {
            path: name.as_ref().to_path_buf(),
            reason,
        })
}

/// The format that the content of an image file has, if it is a known one.
pub(crate) fn content_format(path: &Path) -> Option<ImageFormat> {
    let reader = ImageReader::open(path).ok()?;
    reader.with_guessed_format().ok()?.format()
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    format!("the decoder failed: {message}")
}

/// At most one byte more than is allowed, so that `decode_upright` sees that it is too much.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len().min(MAX_BYTES);
    let mut bytes = Vec::with_capacity(length as usize + 1);
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn decode_upright(bytes: &[u8]) -> Result<RgbImage, String> {
    if bytes.is_empty() {
        return Err("the file is empty".to_owned());
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("the file is larger than {} MiB", MAX_BYTES >> 20));
    }
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| error.to_string())?;
    if reader.format().is_none() {
        return Err("not an image of a known format".to_owned());
    }
    if reader.format() == Some(ImageFormat::Jpeg) && jpeg_is_cut_short(bytes) {
        return Err("the JPEG is cut short: its end marker is missing".to_owned());
    }
    reader.limits(limits());
    let (image, orientation) = decode_pixels(reader).map_err(|error| error.to_string())?;
    if image.width() == 0 || image.height() == 0 {
        return Err(format!(
            "the picture is empty: {} x {}",
            image.width(),
            image.height()
        ));
    }
    let mut upright = DynamicImage::ImageRgb8(image.into_rgb8());
    upright.apply_orientation(orientation);
    Ok(upright.into_rgb8())
}

fn decode_pixels(
    reader: ImageReader<Cursor<&[u8]>>,
) -> image::ImageResult<(DynamicImage, Orientation)> {
    let mut decoder = reader.into_decoder()?;
    limits().reserve(decoder.total_bytes())?;
    let orientation = decoder.orientation()?;
    Ok((DynamicImage::from_decoder(decoder)?, orientation))
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_BYTES);
    limits
}

/// Whether the last scan of a JPEG has no end marker after it.
///
/// The decoder would fill what is missing with grey. Inside a scan, 0xFF is never followed by these markers' second
/// byte, so the last of the two markers in the file tells.
fn jpeg_is_cut_short(bytes: &[u8]) -> bool {
    const START_OF_SCAN: [u8; 2] = [0xFF, 0xDA];
    const END_OF_IMAGE: [u8; 2] = [0xFF, 0xD9];
    bytes
        .windows(2)
        .rev()
        .find(|pair| *pair == START_OF_SCAN || *pair == END_OF_IMAGE)
        .is_none_or(|last| last == START_OF_SCAN)
}
