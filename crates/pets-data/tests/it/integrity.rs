//! What is found when every picture of a dataset is read.

use std::fs;
use std::path::Path;

use image::{ImageFormat, RgbImage};
use pets_data::Dataset;

fn picture(path: &Path, format: ImageFormat) {
    RgbImage::from_fn(8, 8, |x, y| image::Rgb([x as u8 * 30, y as u8 * 30, 90]))
        .save_with_format(path, format)
        .unwrap();
}

#[test]
fn damaged_misnamed_and_unlisted_pictures_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let images = folder.path().join("images");
    let annotations = folder.path().join("annotations");
    fs::create_dir_all(&images).unwrap();
    fs::create_dir_all(&annotations).unwrap();
    picture(&images.join("Abyssinian_1.jpg"), ImageFormat::Jpeg);
    picture(&images.join("Abyssinian_34.jpg"), ImageFormat::Gif);
    picture(&images.join("Abyssinian_9.jpg"), ImageFormat::Jpeg);
    fs::write(images.join("beagle_2.jpg"), b"\xff\xd8\xff\xe0 no picture").unwrap();
    fs::write(images.join("Abyssinian_100.mat"), "MATLAB").unwrap();
    fs::write(images.join("._Abyssinian_1.jpg"), "macOS").unwrap();
    let list = "Abyssinian_1 1 1 1\nAbyssinian_34 1 1 1\nbeagle_2 2 2 1\n";
    fs::write(annotations.join("list.txt"), list).unwrap();

    let dataset = Dataset::open(folder.path()).unwrap();
    let found = dataset.check_pictures(|_| ()).unwrap();

    assert_eq!(found.unusable.len(), 1);
    assert_eq!(dataset.samples()[found.unusable[0].sample].name, "beagle_2");
    let reason = found.unusable[0].reason.to_string();
    assert!(reason.contains("beagle_2.jpg"), "{reason}");
    assert_eq!(
        found.misnamed,
        [(images.join("Abyssinian_34.jpg"), "image/gif")]
    );
    assert_eq!(found.unlisted, [images.join("Abyssinian_9.jpg")]);
}
