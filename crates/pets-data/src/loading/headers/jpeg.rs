//! Headers of JPEG files: frames, scans, orientation.

use image::ImageFormat;
use image::metadata::Orientation;

use crate::loading::headers::source::{Source, bytes, length, metadata, position, skip};
use crate::loading::headers::{PictureHeader, orientation, pixels};

const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;
const APP1: u8 = 0xE1;
const EXIF: &[u8] = b"Exif\0\0";

/// What the frame header says of the picture's components.
pub(crate) struct Frame {
    pub(crate) progressive: bool,
    pub(crate) width: u32,
    pub(crate) height: u32,
    components: Vec<Component>,
}

struct Component {
    id: u8,
    /// Sampling factors, horizontal and vertical.
    sampling: [u32; 2],
}

/// What a scan header says, as far as it tells the number of blocks.
pub(crate) struct Scan {
    /// The ids of its components.
    ids: Vec<u8>,
    /// Whether the first coefficient of each block is in it.
    pub(crate) has_dc: bool,
}

/// What stands behind a marker.
pub(crate) enum Segment {
    Frame(Frame),
    Scan(Scan),
    Exif(Vec<u8>),
    Other,
    End,
}

/// Pixels are made row by row; a progressive picture, and one whose components come in scans of their own, is held
/// before that in 2 bytes for each sample. The `image` crate's decoder makes a copy of the file, and of its metadata.
///
/// Pictures are never decoded at a reduced scale. The one crate that could, `jpeg-decoder`, is no longer developed; it
/// holds all samples of a progressive picture whatever the scale, and hands those of a baseline one to a thread through a
/// queue without a bound.
pub(super) fn read(source: &mut impl Source) -> Result<PictureHeader, String> {
    let file_bytes = length(source)?;
    skip(source, 2)?;
    let mut frame = None;
    let mut upright = Orientation::NoTransforms;
    let scan = loop {
        match Segment::read(source)? {
            Segment::Frame(found) => frame = Some(found),
            Segment::Exif(exif) => upright = orientation(&exif),
            Segment::Scan(scan) => break scan,
            Segment::Other => (),
            Segment::End => return Err("the JPEG ends before its pixels".to_owned()),
        }
    };
    let metadata_bytes = position(source)?;
    let frame = frame.ok_or("the JPEG has no frame header")?;
    let pixels = pixels(frame.width, frame.height)?;
    let buffered = frame.progressive || scan.ids.len() < frame.components.len();
    let coefficients = if buffered { frame.coefficients() } else { 0 };
    Ok(PictureHeader {
        format: ImageFormat::Jpeg,
        width: frame.width,
        height: frame.height,
        orientation: upright,
        pixel_bytes: 3 * pixels,
        working_bytes: file_bytes + metadata_bytes + 2 * coefficients + frame.row_bytes(),
    })
}

impl Segment {
    /// Reads the next marker and what belongs to it; before and between markers any bytes are passed over, as decoders do.
    pub(crate) fn read(source: &mut impl Source) -> Result<Self, String> {
        let marker = next_marker(source)?;
        if marker == END_OF_IMAGE {
            return Ok(Self::End);
        }
        let length = u64::from(u16::from_be_bytes(bytes(source)?)).saturating_sub(2);
        Ok(match marker {
            0xC0..=0xC2 => Self::Frame(Frame::parse(marker == 0xC2, &metadata(source, length)?)?),
            START_OF_SCAN => Self::Scan(Scan::parse(&metadata(source, length)?)?),
            APP1 => match metadata(source, length)?.strip_prefix(EXIF) {
                Some(exif) => Self::Exif(exif.to_vec()),
                None => Self::Other,
            },
            _ => {
                skip(source, length)?;
                Self::Other
            }
        })
    }
}

fn next_marker(source: &mut impl Source) -> Result<u8, String> {
    loop {
        while bytes(source)? != [0xFF] {}
        loop {
            match bytes(source)? {
                [0xFF] => (),
                [0] => break,
                [marker] => return Ok(marker),
            }
        }
    }
}

impl Frame {
    fn parse(progressive: bool, fields: &[u8]) -> Result<Self, String> {
        let [_precision, h0, h1, w0, w1, count, components @ ..] = fields else {
            return Err("the JPEG's frame header is cut short".to_owned());
        };
        let components: Vec<Component> = components
            .chunks_exact(3)
            .take(usize::from(*count))
            .map(|component| Component {
                id: component[0],
                sampling: [component[1] >> 4, component[1] & 15].map(u32::from),
            })
            .collect();
        let factors = || components.iter().flat_map(|component| component.sampling);
        if components.len() != usize::from(*count) || factors().any(|factor| factor == 0) {
            return Err("the JPEG's frame header is damaged".to_owned());
        }
        Ok(Self {
            progressive,
            width: u32::from(u16::from_be_bytes([*w0, *w1])),
            height: u32::from(u16::from_be_bytes([*h0, *h1])),
            components,
        })
    }

    /// The greatest sampling factors, horizontal and vertical.
    fn sampling(&self) -> [u32; 2] {
        [0, 1].map(|axis| {
            let factors = self.components.iter().map(|one| one.sampling[axis]);
            factors.max().unwrap_or(1)
        })
    }

    /// How many units of a block, or of some where components differ in sampling, cover the picture.
    fn units(&self) -> [u32; 2] {
        let [horizontal, vertical] = self.sampling();
        [
            self.width.div_ceil(8 * horizontal),
            self.height.div_ceil(8 * vertical),
        ]
    }

    /// The blocks of 8 × 8 coefficients in a scan: those that the component needs where it is alone, else whole units.
    pub(crate) fn blocks(&self, scan: &Scan) -> u64 {
        let of_scan: Vec<&Component> = self
            .components
            .iter()
            .filter(|component| scan.ids.contains(&component.id))
            .collect();
        if let [alone] = of_scan[..] {
            let sides = [self.width, self.height];
            let most = self.sampling();
            let blocks = [0, 1].map(|axis| {
                let samples = (sides[axis] * alone.sampling[axis]).div_ceil(most[axis]);
                u64::from(samples.div_ceil(8))
            });
            return blocks[0] * blocks[1];
        }
        let of_unit: u64 = of_scan.iter().map(|component| component.area()).sum();
        self.unit_count() * of_unit
    }

    fn unit_count(&self) -> u64 {
        self.units().map(u64::from).iter().product()
    }

    /// The coefficients of all components, whole units of them.
    fn coefficients(&self) -> u64 {
        let of_unit: u64 = self.components.iter().map(Component::area).sum();
        64 * of_unit * self.unit_count()
    }

    /// What the decoder takes for the rows that it works on: for each component a row of units, and where sampling
    /// differs, its upsampled copy, which is twice as high, with what is above and below.
    fn row_bytes(&self) -> u64 {
        let [_, vertical] = self.sampling().map(u64::from);
        let width = u64::from(self.units()[0] * 8 * self.sampling()[0]);
        let rows = 26 * vertical + vertical * vertical + 2 * vertical + 8;
        2 * self.components.len() as u64 * width * rows
    }
}

impl Component {
    /// Its blocks in a unit.
    fn area(&self) -> u64 {
        self.sampling.map(u64::from).iter().product()
    }
}

impl Scan {
    fn parse(fields: &[u8]) -> Result<Self, String> {
        let cut_short = || "the JPEG's scan header is cut short".to_owned();
        let (count, rest) = fields.split_first().ok_or_else(cut_short)?;
        let components = 2 * usize::from(*count);
        let (components, selection) = rest.split_at_checked(components).ok_or_else(cut_short)?;
        Ok(Self {
            ids: components
                .chunks_exact(2)
                .map(|component| component[0])
                .collect(),
            has_dc: selection.first().ok_or_else(cut_short)? == &0,
        })
    }
}
