//! Pictures of every format, upright, and those that cannot be read.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, RgbImage, Rgba};
use pets_data::{DataError, decode, decode_bytes};
use tempfile::TempDir;

use crate::pictures::picture;

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn decoded(bytes: &[u8]) -> RgbImage {
    decode_bytes(bytes, "picture").unwrap().into_image()
}

fn assert_error_names_the_file(bytes: &[u8], reason: &str) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("bad_1.jpg");
    fs::write(&path, bytes).unwrap();
    let error = decode(&path).unwrap_err();
    assert!(matches!(error, DataError::Decode { .. }), "{error}");
    let message = error.to_string();
    assert!(
        message.contains("bad_1.jpg") && message.contains(reason),
        "{message}"
    );
}

#[test]
fn the_content_tells_the_format_not_the_extension() {
    let dir = TempDir::new().unwrap();
    let source = picture(9, 7, 1);
    for format in [ImageFormat::Png, ImageFormat::Bmp, ImageFormat::WebP] {
        let path = dir.path().join("picture.jpg");
        fs::write(&path, encoded(source.clone(), format)).unwrap();
        assert_eq!(decode(&path).unwrap().into_image(), source, "{format:?}");
    }
}

#[test]
fn other_colours_become_8_bit_rgb() {
    let grey = ImageBuffer::from_pixel(3, 2, Luma([80_u8]));
    assert_eq!(
        decoded(&encoded(grey, ImageFormat::Png))[(1, 1)],
        Rgb([80; 3])
    );
    let grey = ImageBuffer::from_pixel(16, 16, Luma([80_u8]));
    assert_eq!(
        decoded(&encoded(grey, ImageFormat::Jpeg))[(8, 8)],
        Rgb([80; 3])
    );
    let grey_alpha = ImageBuffer::from_pixel(3, 2, LumaA([80_u8, 10]));
    assert_eq!(
        decoded(&encoded(grey_alpha, ImageFormat::Png))[(0, 0)],
        Rgb([80; 3])
    );
    let alpha = ImageBuffer::from_pixel(3, 2, Rgba([1_u8, 2, 3, 0]));
    assert_eq!(
        decoded(&encoded(alpha, ImageFormat::Png))[(2, 1)],
        Rgb([1, 2, 3])
    );
    let deep = ImageBuffer::from_pixel(3, 2, Rgb([65_535_u16, 257 * 128, 0]));
    assert_eq!(
        decoded(&encoded(deep, ImageFormat::Png))[(0, 0)],
        Rgb([255, 128, 0])
    );
    let deep_grey = ImageBuffer::from_pixel(3, 2, Luma([257_u16 * 128]));
    assert_eq!(
        decoded(&encoded(deep_grey, ImageFormat::Png))[(0, 0)],
        Rgb([128; 3])
    );
}

#[test]
fn palettes_are_looked_up() {
    let image = decoded(include_bytes!("fixtures/palette.png"));
    assert_eq!(image.into_raw(), [200, 100, 50, 10, 20, 30]);
}

#[test]
fn cmyk_and_ycck_jpegs_become_rgb() {
    let cmyk: &[u8] = include_bytes!("fixtures/red_cmyk.jpg");
    let ycck: &[u8] = include_bytes!("fixtures/red_ycck.jpg");
    for bytes in [cmyk, ycck] {
        let Rgb([red, green, blue]) = decoded(bytes)[(4, 4)];
        assert!(
            red > 245 && green < 10 && blue < 10,
            "{red}, {green}, {blue}"
        );
    }
}

/// The JPEG with an EXIF segment, after its first marker, that holds this orientation.
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xFF, 0xE1]);
    bytes.extend((exif.len() as u16 + 2).to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&jpeg[2..]);
    bytes
}

#[test]
fn exif_orientation_turns_the_picture_upright() {
    // White where x < 16 and y < 8, so that each of the eight has the white corner or the sides elsewhere.
    let corner = RgbImage::from_fn(32, 16, |x, y| {
        Rgb([if x < 16 && y < 8 { 255 } else { 0 }; 3])
    });
    let jpeg = encoded(corner, ImageFormat::Jpeg);
    // Orientation, sides, and whether the white corner is on the right and at the bottom.
    let upright = [
        (1, (32, 16), false, false),
        (2, (32, 16), true, false),
        (3, (32, 16), true, true),
        (4, (32, 16), false, true),
        (5, (16, 32), false, false),
        (6, (16, 32), true, false),
        (7, (16, 32), true, true),
        (8, (16, 32), false, true),
        // Not an orientation: as it is.
        (9, (32, 16), false, false),
    ];
    for (orientation, sides, right, bottom) in upright {
        let turned = decoded(&with_orientation(&jpeg, orientation));
        assert_eq!(turned.dimensions(), sides, "orientation {orientation}");
        for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let white = (x == 1, y == 1) == (right, bottom);
            let value = turned[(x * (sides.0 - 5) + 2, y * (sides.1 - 5) + 2)][0];
            assert!(
                if white { value > 240 } else { value < 15 },
                "orientation {orientation}, corner {x} {y}: {value}"
            );
        }
    }
}

#[test]
fn a_single_pixel_is_a_picture() {
    for format in [
        ImageFormat::Png,
        ImageFormat::Bmp,
        ImageFormat::Gif,
        ImageFormat::WebP,
    ] {
        let image = decoded(&encoded(picture(1, 1, 3), format));
        assert_eq!(image, picture(1, 1, 3), "{format:?}");
    }
    let jpeg = decoded(&encoded(picture(1, 1, 3), ImageFormat::Jpeg));
    assert_eq!(jpeg.dimensions(), (1, 1));
}

#[test]
fn files_that_are_no_whole_picture_are_errors() {
    let jpeg = encoded(picture(64, 64, 1), ImageFormat::Jpeg);
    let png = encoded(picture(64, 64, 1), ImageFormat::Png);
    assert_error_names_the_file(b"", "empty");
    assert_error_names_the_file(b"not a picture at all", "known format");
    assert_error_names_the_file(&jpeg[..jpeg.len() / 2], "cut short");
    assert_error_names_the_file(&jpeg[..jpeg.len() - 2], "cut short");
    assert_error_names_the_file(&jpeg[..20], "cut short");
    assert_error_names_the_file(&png[..png.len() / 2], "");
    assert_error_names_the_file(&png[..20], "");
    let zeroed: Vec<u8> = jpeg[..900].iter().copied().chain([0; 500]).collect();
    assert_error_names_the_file(&zeroed, "cut short");
}

#[test]
fn bytes_after_the_end_marker_do_no_harm() {
    let mut jpeg = encoded(picture(64, 64, 1), ImageFormat::Jpeg);
    let whole = decoded(&jpeg);
    jpeg.extend([0; 100]);
    assert_eq!(decoded(&jpeg), whole);
}

#[test]
fn headers_that_claim_huge_pictures_are_errors() {
    let mut jpeg = encoded(picture(16, 16, 1), ImageFormat::Jpeg);
    let frame = jpeg
        .windows(2)
        .position(|marker| marker == [0xFF, 0xC0])
        .unwrap();
    // Too long a side, then sides that are allowed, for which there is not the data.
    for [height, width] in [[16_u16, 20_000], [16_384, 16_384]] {
        jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        assert_error_names_the_file(&jpeg, "");
    }
    let mut bmp = encoded(picture(16, 16, 1), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&60_000_u32.to_le_bytes());
    assert_error_names_the_file(&bmp, "");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = decode(Path::new("absent_1.jpg")).unwrap_err();
    assert!(matches!(error, DataError::Read { .. }), "{error}");
    assert!(error.to_string().contains("absent_1.jpg"), "{error}");
}

#[test]
fn what_the_system_does_not_let_be_read_is_named() {
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("folder_1.jpg");
    fs::create_dir(&folder).unwrap();
    let error = decode(&folder).unwrap_err();
    assert!(matches!(error, DataError::Read { .. }), "{error}");
    assert!(error.to_string().contains("folder_1.jpg"), "{error}");
}
