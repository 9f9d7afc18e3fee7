//! Whether a JPEG has the data that its header promises.

use std::io::Cursor;

use crate::loading::headers::jpeg::{Frame, Scan, Segment};

/// An error where the end of the picture or nearly all of its data is missing: the decoder would fill that with grey.
pub(crate) fn check_completeness(jpeg: &[u8]) -> Result<(), String> {
    if ends_within_scan(jpeg) {
        return Err("the JPEG is cut short: its end marker is missing".to_owned());
    }
    let mut source = Cursor::new(jpeg);
    source.set_position(2);
    let mut frame = None;
    // What cannot be read here is for the decoder to judge.
    while let Ok(segment) = Segment::read(&mut source) {
        match segment {
            Segment::Frame(found) => frame = Some(found),
            Segment::Scan(scan) => {
                let start = source.position() as usize;
                let data = EntropyCoded::of(jpeg.get(start..).unwrap_or_default());
                source.set_position((start + data.length) as u64);
                let frame = frame.as_ref().ok_or("the JPEG has no frame header")?;
                if data.bits < least_bits(frame, &scan) {
                    return Err(format!(
                        "the JPEG is cut short: a scan of {} bytes cannot hold {} x {} pixels",
                        data.length, frame.width, frame.height
                    ));
                }
            }
            Segment::End => break,
            Segment::Exif(_) | Segment::Other => (),
        }
    }
    Ok(())
}

/// Whether the last scan has no end marker after it.
///
/// Inside a scan, 0xFF is never followed by these markers' second byte, so the last of the two markers in the file tells.
fn ends_within_scan(jpeg: &[u8]) -> bool {
    const START_OF_SCAN: [u8; 2] = [0xFF, 0xDA];
    const END_OF_IMAGE: [u8; 2] = [0xFF, 0xD9];
    jpeg.windows(2)
        .rev()
        .find(|pair| *pair == START_OF_SCAN || *pair == END_OF_IMAGE)
        .is_none_or(|last| last == START_OF_SCAN)
}

/// The fewest bits that a scan of a valid picture takes.
///
/// A Huffman code has a bit at the least. A block of a baseline scan takes two codes, its first coefficient's and the end
/// of the block's; one of a progressive scan takes one for its first coefficient, or a bit that refines it. The other
/// coefficients of a progressive picture may take less than a bit a block.
fn least_bits(frame: &Frame, scan: &Scan) -> u64 {
    match (frame.progressive, scan.has_dc) {
        (false, _) => 2 * frame.blocks(scan),
        (true, true) => frame.blocks(scan),
        (true, false) => 0,
    }
}

/// The data of a scan, up to the next marker that is not one of restart.
struct EntropyCoded {
    bits: u64,
    /// With stuffed bytes and markers of restart.
    length: usize,
}

impl EntropyCoded {
    fn of(bytes: &[u8]) -> Self {
        let mut coded = 0;
        let mut length = 0;
        while let Some(rest) = bytes.get(length..) {
            let run = rest.iter().position(|&byte| byte == 0xFF);
            let run = run.unwrap_or(rest.len());
            coded += run;
            length += run;
            match rest.get(run + 1) {
                Some(0) => {
                    coded += 1;
                    length += 2;
                }
                Some(0xD0..=0xD7) => length += 2,
                Some(0xFF) => length += 1,
                _ => break,
            }
        }
        Self {
            bits: 8 * coded as u64,
            length,
        }
    }
}
