//! Headers of PNG files.

use image::{ColorType, ImageFormat};

use crate::loading::headers::source::{Source, bytes, metadata, skip};
use crate::loading::headers::{PictureHeader, orientation, pixels};
use crate::loading::rgb_in_place::bytes_per_pixel;

/// What a colour profile may take when it is unpacked: some ten times what the largest take.
const PROFILE: u64 = 16 << 20;

/// Copies of texts and profiles that the decoder makes.
const COPIES: u64 = 4;

/// Beside the pixels, which are unpacked row by row, a PNG takes its metadata and some rows.
pub(super) fn read(source: &mut impl Source) -> Result<PictureHeader, String> {
    skip(source, 8)?;
    let [_, _, _, _, b'I', b'H', b'D', b'R'] = bytes(source)? else {
        return Err("the PNG does not begin with its header".to_owned());
    };
    let [w0, w1, w2, w3, h0, h1, h2, h3, depth, kind, ..] = bytes::<17>(source)?;
    let [width, height] = [[w0, w1, w2, w3], [h0, h1, h2, h3]].map(u32::from_be_bytes);
    let pixels = pixels(width, height)?;
    let chunks = Chunks::up_to_pixels(source)?;
    let color = color_type(kind, depth, chunks.transparency);
    let row = u64::from(width) * u64::from(color.bytes_per_pixel());
    Ok(PictureHeader {
        format: ImageFormat::Png,
        width,
        height,
        orientation: orientation(&chunks.exif),
        pixel_bytes: bytes_per_pixel(color) as u64 * pixels,
        working_bytes: chunks.bytes + 16 * row,
    })
}

/// The colour type of what the decoder gives.
fn color_type(kind: u8, depth: u8, transparency: bool) -> ColorType {
    match (kind, depth, transparency) {
        (0, 16, false) => ColorType::L16,
        (0, _, false) => ColorType::L8,
        (0, 16, true) | (4, 16, _) => ColorType::La16,
        (0, _, true) | (4, ..) => ColorType::La8,
        (2, 16, false) => ColorType::Rgb16,
        (2 | 3, _, false) => ColorType::Rgb8,
        (2, 16, true) | (6, 16, _) => ColorType::Rgba16,
        _ => ColorType::Rgba8,
    }
}

/// What stands between the header and the pixels.
#[derive(Default)]
struct Chunks {
    transparency: bool,
    exif: Vec<u8>,
    /// What the decoder takes for them.
    bytes: u64,
}

impl Chunks {
    fn up_to_pixels(source: &mut impl Source) -> Result<Self, String> {
        const CHECKSUM: u64 = 4;
        let mut chunks = Self::default();
        loop {
            let [l0, l1, l2, l3, kind @ ..] = bytes::<8>(source)?;
            let length = u64::from(u32::from_be_bytes([l0, l1, l2, l3]));
            match &kind {
                b"IDAT" => return Ok(chunks),
                b"iCCP" => chunks.bytes += PROFILE,
                b"tRNS" => chunks.transparency = true,
                _ => (),
            }
            chunks.bytes += COPIES * length;
            if &kind == b"eXIf" {
                chunks.exif = metadata(source, length)?;
                skip(source, CHECKSUM)?;
            } else {
                skip(source, length + CHECKSUM)?;
            }
        }
    }
}
