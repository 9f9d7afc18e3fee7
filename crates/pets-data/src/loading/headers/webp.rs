//! Headers of WebP files.

use image::ImageFormat;

use crate::loading::headers::source::{Source, bytes, go_to, length, metadata, position, skip};
use crate::loading::headers::{PictureHeader, orientation, pixels};

/// How the pixels of a picture or of a frame are coded.
#[derive(Clone, Copy)]
enum Coding {
    Lossy,
    Lossless,
    LossyWithAlpha { packed: bool },
}

/// A picture, or the first frame of a moving one.
#[derive(Clone, Copy)]
struct Frame {
    coding: Coding,
    width: u32,
    height: u32,
}

/// What the chunks of an extended file tell.
#[derive(Default)]
struct Chunks {
    exif: Option<Vec<u8>>,
    alpha: Option<Coding>,
    pixels: Option<Coding>,
    first_frame: Option<Frame>,
}

pub(super) fn read(source: &mut impl Source) -> Result<PictureHeader, String> {
    let file_bytes = length(source)?;
    skip(source, 12)?;
    let chunk = Chunk::read(source)?;
    match &chunk.kind {
        b"VP8 " => {
            let [_, _, _, _, _, _, w0, w1, h0, h1] = bytes(source)?;
            let side = |bytes| u32::from(u16::from_le_bytes(bytes)) & 0x3FFF;
            let (width, height) = (side([w0, w1]), side([h0, h1]));
            let coding = Coding::Lossy;
            still(
                Frame {
                    coding,
                    width,
                    height,
                },
                false,
                &[],
                file_bytes,
            )
        }
        b"VP8L" => {
            let [_, fields @ ..]: [u8; 5] = bytes(source)?;
            let fields = u32::from_le_bytes(fields);
            let side = |field: u32| (field & 0x3FFF) + 1;
            let (width, height) = (side(fields), side(fields >> 14));
            let coding = Coding::Lossless;
            let alpha = fields >> 28 & 1 == 1;
            still(
                Frame {
                    coding,
                    width,
                    height,
                },
                alpha,
                &[],
                file_bytes,
            )
        }
        b"VP8X" => extended(source, &chunk, file_bytes),
        _ => Err("the WebP does not begin with a picture".to_owned()),
    }
}

fn extended(
    source: &mut impl Source,
    chunk: &Chunk,
    file_bytes: u64,
) -> Result<PictureHeader, String> {
    let [flags, _, _, _, sides @ ..]: [u8; 10] = bytes(source)?;
    let (width, height) = (1 + three_bytes(&sides), 1 + three_bytes(&sides[3..]));
    let (alpha, moving) = (flags & 0x10 != 0, flags & 0x02 != 0);
    go_to(source, chunk.end)?;
    let chunks = Chunks::read(source, file_bytes)?;
    let exif = chunks.exif.unwrap_or_default();
    let missing = || "the WebP has no picture".to_owned();
    if moving {
        let frame = chunks.first_frame.ok_or_else(missing)?;
        let canvas = pixels(width, height)?;
        let frame_pixels = pixels(frame.width, frame.height)?;
        // A frame is decoded, then laid on the canvas, and that is copied into the picture.
        let decoding = 4 * frame_pixels + working_bytes(&frame, true, file_bytes)?;
        let laid = 4 * frame_pixels + 4 * canvas;
        return Ok(PictureHeader {
            format: ImageFormat::WebP,
            width,
            height,
            orientation: orientation(&exif),
            pixel_bytes: 4 * canvas,
            working_bytes: decoding.max(laid),
        });
    }
    let coding = match (chunks.pixels.ok_or_else(missing)?, chunks.alpha) {
        (Coding::Lossy, Some(with_alpha)) if alpha => with_alpha,
        (coding, _) => coding,
    };
    still(
        Frame {
            coding,
            width,
            height,
        },
        alpha,
        &exif,
        file_bytes,
    )
}

fn still(frame: Frame, alpha: bool, exif: &[u8], file_bytes: u64) -> Result<PictureHeader, String> {
    let channels = if alpha { 4 } else { 3 };
    Ok(PictureHeader {
        format: ImageFormat::WebP,
        width: frame.width,
        height: frame.height,
        orientation: orientation(exif),
        pixel_bytes: channels * pixels(frame.width, frame.height)?,
        working_bytes: working_bytes(&frame, alpha, file_bytes)?,
    })
}

/// What decoding takes beside the pixels that come out.
///
/// Lossless pixels are unpacked with images of transforms and codes at a quarter of the width and height, 4 bytes each; in
/// place where alpha is asked for, else apart. Lossy ones are planes, of which red, green and blue
/// are made, with up to three copies of the coded bytes; packed alpha is a lossless picture of its own.
fn working_bytes(frame: &Frame, alpha: bool, file_bytes: u64) -> Result<u64, String> {
    let pixels = pixels(frame.width, frame.height)?;
    let padded = u64::from(frame.width + 15) * u64::from(frame.height + 15);
    let planes = padded * 3 / 2 + 3 * file_bytes;
    Ok(match frame.coding {
        Coding::Lossless if alpha => pixels,
        Coding::Lossless => 5 * pixels,
        Coding::Lossy => planes,
        Coding::LossyWithAlpha { packed: true } => planes + 6 * pixels,
        Coding::LossyWithAlpha { packed: false } => planes + pixels,
    })
}

impl Chunks {
    fn read(source: &mut impl Source, file_bytes: u64) -> Result<Self, String> {
        let mut chunks = Self::default();
        while position(source)? + 8 <= file_bytes {
            let chunk = Chunk::read(source)?;
            match &chunk.kind {
                b"EXIF" if chunks.exif.is_none() => {
                    chunks.exif = Some(metadata(source, chunk.length)?);
                }
                b"ALPH" if chunks.alpha.is_none() => chunks.alpha = Some(alpha_coding(source)?),
                b"VP8 " => chunks.pixels = chunks.pixels.or(Some(Coding::Lossy)),
                b"VP8L" => chunks.pixels = chunks.pixels.or(Some(Coding::Lossless)),
                b"ANMF" if chunks.first_frame.is_none() => {
                    chunks.first_frame = Some(Frame::read(source)?);
                }
                _ => (),
            }
            go_to(source, chunk.end)?;
        }
        Ok(chunks)
    }
}

impl Frame {
    /// A frame of a moving picture.
    fn read(source: &mut impl Source) -> Result<Self, String> {
        let fields: [u8; 16] = bytes(source)?;
        let coding = match &Chunk::read(source)?.kind {
            b"VP8 " => Coding::Lossy,
            b"ALPH" => alpha_coding(source)?,
            _ => Coding::Lossless,
        };
        Ok(Self {
            coding,
            width: 1 + three_bytes(&fields[6..]),
            height: 1 + three_bytes(&fields[9..]),
        })
    }
}

struct Chunk {
    kind: [u8; 4],
    length: u64,
    /// Where the next one begins.
    end: u64,
}

impl Chunk {
    /// Reads the head of a chunk, up to what it holds.
    fn read(source: &mut impl Source) -> Result<Self, String> {
        let [k0, k1, k2, k3, length @ ..] = bytes::<8>(source)?;
        let length = u64::from(u32::from_le_bytes(length));
        Ok(Self {
            kind: [k0, k1, k2, k3],
            length,
            end: position(source)? + length.next_multiple_of(2),
        })
    }
}

fn alpha_coding(source: &mut impl Source) -> Result<Coding, String> {
    let [first] = bytes(source)?;
    Ok(Coding::LossyWithAlpha {
        packed: first & 3 != 0,
    })
}

fn three_bytes(bytes: &[u8]) -> u32 {
    bytes[..3]
        .iter()
        .rev()
        .fold(0, |number, &byte| number << 8 | u32::from(byte))
}
