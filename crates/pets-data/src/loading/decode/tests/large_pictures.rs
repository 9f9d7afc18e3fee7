//! Pictures of many pixels, of every format and kind.

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, ExtendedColorType, ImageBuffer, ImageFormat, Rgb};

use super::flat_jpeg::FlatJpeg;

/// What it is, and its file.
type Named = (String, Vec<u8>);

const WIDTH: u32 = 1601;
const HEIGHT: u32 = 1199;

const FIXTURES: [(&str, &[u8]); 8] = [
    (
        "1-bit PNG",
        include_bytes!("../../../../tests/it/fixtures/large_1_bit.png"),
    ),
    (
        "PNG with a palette",
        include_bytes!("../../../../tests/it/fixtures/large_palette_alpha.png"),
    ),
    (
        "lossy WebP",
        include_bytes!("../../../../tests/it/fixtures/large_lossy.webp"),
    ),
    (
        "lossy WebP with alpha",
        include_bytes!("../../../../tests/it/fixtures/large_lossy_alpha.webp"),
    ),
    (
        "lossless WebP",
        include_bytes!("../../../../tests/it/fixtures/large_lossless.webp"),
    ),
    (
        "lossless WebP with alpha",
        include_bytes!("../../../../tests/it/fixtures/large_lossless_alpha.webp"),
    ),
    (
        "lossy moving WebP",
        include_bytes!("../../../../tests/it/fixtures/large_lossy_animation.webp"),
    ),
    (
        "lossless moving WebP",
        include_bytes!("../../../../tests/it/fixtures/large_lossless_animation.webp"),
    ),
];

pub(crate) fn large_pictures() -> Vec<Named> {
    let fixtures = FIXTURES.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
    [flat_jpegs(), drawn_pictures(), fixtures.to_vec()].concat()
}

/// The sampling factors of components.
const SAMPLINGS: [(&str, &[[u8; 2]]); 8] = [
    ("grey", &[[1, 1]]),
    ("colour", &[[1, 1]; 3]),
    ("colour halved", &[[2, 2], [1, 1], [1, 1]]),
    ("colour halved in width", &[[2, 1], [1, 1], [1, 1]]),
    ("colour halved in height", &[[1, 2], [1, 1], [1, 1]]),
    ("colour quartered", &[[4, 1], [1, 1], [1, 1]]),
    ("CMYK", &[[1, 1]; 4]),
    ("CMYK halved", &[[2, 2], [1, 1], [1, 1], [2, 2]]),
];

fn flat_jpegs() -> Vec<Named> {
    let flat = FlatJpeg::new(WIDTH as u16, HEIGHT as u16);
    let mut pictures = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>| pictures.push((name.to_owned(), bytes));
    for (name, sampling) in SAMPLINGS {
        for progressive in [false, true] {
            let picture = FlatJpeg {
                sampling,
                progressive,
                ..flat
            };
            let name = format!("JPEG {name}, progressive: {progressive}");
            add(&format!("{name}, turned"), turned(&picture.bytes(), 6));
            add(&name, picture.bytes());
        }
    }
    let apart = FlatJpeg {
        scan_each: true,
        ..flat
    };
    add("JPEG with a scan for each component", apart.bytes());
    pictures
}

/// Those that the `image` crate can write.
fn drawn_pictures() -> Vec<Named> {
    let image = drawn(WIDTH, HEIGHT);
    let mut pictures = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>| pictures.push((name.to_owned(), bytes));
    add("JPEG", encoded(&image, ImageFormat::Jpeg));
    for (name, image) in [
        ("L8", DynamicImage::from(image.to_luma8())),
        ("La8", image.to_luma_alpha8().into()),
        ("Rgb8", image.clone()),
        ("Rgba8", image.to_rgba8().into()),
        ("L16", image.to_luma16().into()),
        ("La16", image.to_luma_alpha16().into()),
        ("Rgb16", image.to_rgb16().into()),
        ("Rgba16", image.to_rgba16().into()),
    ] {
        add(&format!("PNG {name}"), encoded(&image, ImageFormat::Png));
    }
    add("BMP", encoded(&image, ImageFormat::Bmp));
    add(
        "BMP with alpha",
        encoded(&image.to_rgba8().into(), ImageFormat::Bmp),
    );
    add(
        "BMP with a palette",
        encoded(&image.to_luma8().into(), ImageFormat::Bmp),
    );
    add("WebP", encoded(&image, ImageFormat::WebP));
    let mut gif = Vec::new();
    let flat = vec![90; (WIDTH * HEIGHT * 3) as usize];
    GifEncoder::new(&mut gif)
        .encode(&flat, WIDTH, HEIGHT, ExtendedColorType::Rgb8)
        .unwrap();
    add(
        "GIF on a wider screen",
        gif_on_a_screen(&gif, WIDTH as u16 + 1),
    );
    add("GIF", gif);
    pictures
}

pub(crate) fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A smooth picture.
pub(crate) fn drawn(width: u32, height: u32) -> DynamicImage {
    ImageBuffer::from_fn(width, height, |x, y| {
        Rgb([
            x * 255 / width,
            y * 255 / height,
            (x + y) * 255 / (width + height),
        ]
        .map(|v| v as u8))
    })
    .into()
}

/// The JPEG with an EXIF segment after its first marker.
fn turned(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif =
        b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    [&jpeg[..2], &exif, &jpeg[2..]].concat()
}

/// A GIF whose frame lies on a screen that is wider.
fn gif_on_a_screen(gif: &[u8], width: u16) -> Vec<u8> {
    let mut bytes = gif.to_vec();
    bytes[6..8].copy_from_slice(&width.to_le_bytes());
    bytes
}
