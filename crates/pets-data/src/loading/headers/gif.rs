//! Headers of GIF files.

use image::ImageFormat;
use image::metadata::Orientation;

use crate::loading::headers::source::{Source, bytes, position, skip};
use crate::loading::headers::{PictureHeader, pixels};

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;

/// Pixels come with alpha, 4 bytes each, out of indices of a byte each. A first frame that does not reach from the left
/// side to the right is made by itself and copied.
pub(super) fn read(source: &mut impl Source) -> Result<PictureHeader, String> {
    skip(source, 6)?;
    let [w0, w1, h0, h1, flags, _, _] = bytes(source)?;
    let [width, height] = [[w0, w1], [h0, h1]].map(u16::from_le_bytes).map(u32::from);
    let pixels = pixels(width, height)?;
    if flags & 0x80 != 0 {
        skip(source, 3 << ((flags & 7) + 1))?;
    }
    let frame = first_frame(source)?;
    let indices = u64::from(frame.width) * u64::from(frame.height);
    let in_place =
        frame.left == 0 && frame.width == width && frame.top.saturating_add(frame.height) <= height;
    let frame_bytes = if in_place { indices } else { 5 * indices };
    let metadata_bytes = position(source)?;
    Ok(PictureHeader {
        format: ImageFormat::Gif,
        width,
        height,
        orientation: Orientation::NoTransforms,
        pixel_bytes: 4 * pixels,
        working_bytes: frame_bytes + 2 * metadata_bytes,
    })
}

struct Frame {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

fn first_frame(source: &mut impl Source) -> Result<Frame, String> {
    loop {
        match bytes(source)? {
            [EXTENSION] => skip_extension(source)?,
            [IMAGE] => {
                let fields: [u8; 8] = bytes(source)?;
                let field = |at| u32::from(u16::from_le_bytes([fields[at], fields[at + 1]]));
                return Ok(Frame {
                    left: field(0),
                    top: field(2),
                    width: field(4),
                    height: field(6),
                });
            }
            [_] => return Err("the GIF has no frame".to_owned()),
        }
    }
}

/// A label, then blocks with their lengths up to an empty one.
fn skip_extension(source: &mut impl Source) -> Result<(), String> {
    skip(source, 1)?;
    loop {
        match bytes(source)? {
            [0] => return Ok(()),
            [length] => skip(source, u64::from(length))?,
        }
    }
}
