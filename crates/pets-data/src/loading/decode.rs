//! Pictures out of files of any kind, with bounds on what they may take.

use std::any::Any;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

use crate::DataError;
use crate::loading::decoded_picture::DecodedPicture;
use crate::loading::decoding_budget::{DecodingBudget, PROCESS, Reservation};
use crate::loading::headers::PictureHeader;
use crate::loading::jpeg_completeness::check_completeness;
use crate::loading::rgb_in_place::{bytes_per_pixel, to_rgb_in_place};

/// The longest side, in pixels, that a picture may have.
pub const MAX_SIDE: u32 = 16_384;

/// The most bytes that a picture's file may have: 512 MiB. What its pixels take is bounded by the
/// [decoding budget](crate::set_decoding_budget).
pub const MAX_BYTES: u64 = 512 << 20;

/// Reads and decodes an image file to 8-bit RGB, turned upright as its EXIF orientation says.
///
/// The format is told from the content, not from the extension. Grey, palette, 16-bit and CMYK pictures are converted;
/// an alpha channel is dropped, as Pillow's `convert("RGB")` does. Where other pictures take the
/// [decoding budget](crate::set_decoding_budget), this waits for them.
///
/// # Errors
///
/// [`DataError::Read`] if the file cannot be read or is no regular file; [`DataError::Decode`] if it is no image of a
/// known format, damaged or cut short, empty, or beyond [`MAX_SIDE`] or [`MAX_BYTES`];
/// [`DataError::DecodingBudget`] if it takes more memory than there is for all pictures. All name the file.
pub fn decode(path: impl AsRef<Path>) -> Result<DecodedPicture, DataError> {
    decode_within(path.as_ref(), &PROCESS)
}

/// As [`decode`], of a file's bytes; `name` says in errors which picture it was.
///
/// # Errors
///
/// [`DataError::Decode`] and [`DataError::DecodingBudget`], as [`decode`].
pub fn decode_bytes(bytes: &[u8], name: impl AsRef<Path>) -> Result<DecodedPicture, DataError> {
    decode_bytes_within(bytes, name.as_ref(), &PROCESS)
}

fn decode_within(
    path: &Path,
    budget: &'static DecodingBudget,
) -> Result<DecodedPicture, DataError> {
    let unreadable = |source| DataError::Read {
        path: path.to_path_buf(),
        source,
    };
    let file = pets_files::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let mut source = BufReader::new(file);
    let header = guarded(path, || {
        check_length(length)?;
        PictureHeader::read(&mut source)
    })?;
    let reservation = reserve(&header, length, path, budget)?;
    let bytes = read_whole(source, length).map_err(unreadable)?;
    let pixels = guarded(path, || decode_upright(&bytes, &header))?;
    drop(bytes);
    Ok(DecodedPicture::new(pixels, reservation))
}

fn decode_bytes_within(
    bytes: &[u8],
    name: &Path,
    budget: &'static DecodingBudget,
) -> Result<DecodedPicture, DataError> {
    let header = guarded(name, || {
        check_length(bytes.len() as u64)?;
        PictureHeader::read(&mut Cursor::new(bytes))
    })?;
    let reservation = reserve(&header, 0, name, budget)?;
    let pixels = guarded(name, || decode_upright(bytes, &header))?;
    Ok(DecodedPicture::new(pixels, reservation))
}

/// The format that the content of an image file has, if it is a known one.
pub(crate) fn content_format(path: &Path) -> Option<ImageFormat> {
    let source = BufReader::new(pets_files::open(path).ok()?);
    let reader = ImageReader::new(source).with_guessed_format();
    reader.ok()?.format()
}

/// Runs a decoder: a damaged picture that finds a fault in it must not take the program down.
fn guarded<T>(name: &Path, decoder: impl FnOnce() -> Result<T, String>) -> Result<T, DataError> {
    catch_unwind(AssertUnwindSafe(decoder))
        .unwrap_or_else(|panic| Err(panic_message(&*panic)))
        .map_err(|reason| DataError::Decode {
            path: name.to_path_buf(),
            reason,
        })
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    format!("the decoder failed: {message}")
}

fn check_length(length: u64) -> Result<(), String> {
    if length > MAX_BYTES {
        return Err(format!("the file is larger than {} MiB", MAX_BYTES >> 20));
    }
    Ok(())
}

fn reserve(
    header: &PictureHeader,
    file_bytes: u64,
    name: &Path,
    budget: &'static DecodingBudget,
) -> Result<Reservation, DataError> {
    let need = header.need(file_bytes);
    budget
        .reserve(need)
        .map_err(|budget| DataError::DecodingBudget {
            path: name.to_path_buf(),
            width: header.width,
            height: header.height,
            need,
            budget,
        })
}

/// The file from its start, at most as long as it was when memory was reserved for it.
fn read_whole(mut source: BufReader<File>, length: u64) -> std::io::Result<Vec<u8>> {
    source.rewind()?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length as usize)?;
    source.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn decode_upright(bytes: &[u8], header: &PictureHeader) -> Result<RgbImage, String> {
    if header.format == ImageFormat::Jpeg {
        check_completeness(bytes)?;
    }
    let mut upright = DynamicImage::ImageRgb8(decode_rgb(bytes, header)?);
    upright.apply_orientation(header.orientation);
    Ok(upright.into_rgb8())
}

/// The pixels as they lie in the file, made RGB in the buffer that they were decoded into.
fn decode_rgb(bytes: &[u8], header: &PictureHeader) -> Result<RgbImage, String> {
    let (width, height) = (header.width, header.height);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), header.format);
    reader.limits(limits(header));
    let decoder = reader.into_decoder().map_err(|error| error.to_string())?;
    let color = decoder.color_type();
    let buffer_bytes = header.pixels() * bytes_per_pixel(color) as u64;
    if decoder.dimensions() != (width, height) || buffer_bytes > header.pixel_bytes {
        return Err("the picture is not what its header says".to_owned());
    }
    let mut buffer = vec![0; buffer_bytes as usize];
    let decoded = decoder.total_bytes() as usize;
    decoder
        .read_image(&mut buffer[..decoded])
        .map_err(|error| error.to_string())?;
    to_rgb_in_place(buffer, color, header.pixels() as usize)
        .and_then(|rgb| RgbImage::from_raw(width, height, rgb))
        .ok_or_else(|| format!("pixels of an unknown kind: {color:?}"))
}

fn limits(header: &PictureHeader) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(header.working_bytes());
    limits
}

#[cfg(test)]
mod tests;
