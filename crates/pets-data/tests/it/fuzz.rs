//! Damaged pictures and lists: an error that names the file, or what the file says; never a panic.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageFormat, RgbImage};
use pets_data::{Dataset, decode_bytes};
use pets_fuzz::Fuzz;

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn picture() -> RgbImage {
    RgbImage::from_fn(9, 7, |x, y| {
        image::Rgb([(x * 28) as u8, (y * 36) as u8, (x * y) as u8])
    })
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/it/fixtures")
            .join(name),
    )
    .unwrap()
}

/// Whether it is a picture; every error names it, and every picture has pixels.
fn is_picture(bytes: &[u8]) -> bool {
    match decode_bytes(bytes, "damaged_1.jpg") {
        Ok(picture) => {
            assert!(picture.width() > 0 && picture.height() > 0);
            true
        }
        Err(error) => {
            let said = error.to_string();
            assert!(said.contains("damaged_1.jpg"), "{said}");
            false
        }
    }
}

/// The budget of decoding, and some for the test.
const PICTURE_MIB: usize = 1_100;

#[test]
fn fuzz_jpeg() {
    let seeds = [
        encoded(picture(), ImageFormat::Jpeg),
        encoded(
            DynamicImage::from(picture()).into_luma8(),
            ImageFormat::Jpeg,
        ),
        fixture("red_cmyk.jpg"),
        fixture("red_ycck.jpg"),
    ];
    Fuzz::new("jpeg")
        .limit_mib(PICTURE_MIB)
        .run(&seeds, is_picture);
}

#[test]
fn fuzz_png() {
    let seeds = [
        encoded(picture(), ImageFormat::Png),
        encoded(
            DynamicImage::from(picture()).into_rgba16(),
            ImageFormat::Png,
        ),
        fixture("palette.png"),
    ];
    Fuzz::new("png")
        .limit_mib(PICTURE_MIB)
        .run(&seeds, is_picture);
}

#[test]
fn fuzz_other_formats() {
    let seeds = [ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::WebP]
        .map(|format| encoded(picture(), format));
    Fuzz::new("other formats")
        .limit_mib(PICTURE_MIB)
        .run(&seeds, is_picture);
}

#[test]
fn fuzz_lists() {
    let folder = tempfile::tempdir().unwrap();
    let images = folder.path().join("images");
    let list = folder.path().join("annotations/list.txt");
    fs::create_dir_all(&images).unwrap();
    fs::create_dir_all(folder.path().join("annotations")).unwrap();
    for name in ["Bengal_1", "Sphynx_20", "beagle_3", "pug dog_4"] {
        fs::write(images.join(format!("{name}.jpg")), "").unwrap();
    }
    let seeds = [
        "# name ids\n\nBengal_1 1 1 1\nSphynx_20 2 1 2\nbeagle_3 3 2 1\r\npug dog_4 4 2 2\n",
        "\u{feff}beagle_3 1 2 1\nBengal_1 2 1 1",
    ];
    Fuzz::new("lists").limit_mib(64).run(&seeds, |bytes| {
        fs::write(&list, bytes).unwrap();
        match Dataset::open(folder.path()) {
            Ok(dataset) => {
                assert!(!dataset.samples().is_empty());
                true
            }
            Err(error) => {
                let said = error.to_string();
                assert!(said.contains("list.txt"), "{said}");
                false
            }
        }
    });
}
