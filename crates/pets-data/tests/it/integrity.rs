//! What is found when every picture of a dataset is read.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use image::{ImageFormat, RgbImage};
use pets_data::{DataError, Dataset};

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
    let found = dataset.check_pictures(|_| true).unwrap();

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

#[test]
fn a_check_ends_soon_after_it_is_told_to() {
    const PICTURES: usize = 2_000;
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("pug")).unwrap();
    let first = folder.path().join("pug/0.png");
    picture(&first, ImageFormat::Png);
    for number in 1..PICTURES {
        fs::hard_link(&first, folder.path().join(format!("pug/{number}.png"))).unwrap();
    }
    let dataset = Dataset::open(folder.path()).unwrap();
    let told = AtomicUsize::new(0);
    let stop_at_10 = |done| {
        told.fetch_add(1, Ordering::Relaxed);
        done < 10
    };
    let error = dataset.check_pictures(stop_at_10).unwrap_err();
    assert!(matches!(error, DataError::Interrupted), "{error}");
    let error = dataset.unusable_pictures(stop_at_10).unwrap_err();
    assert!(matches!(error, DataError::Interrupted), "{error}");
    // Only pictures that a thread had begun with are told of after that.
    let told = told.into_inner();
    assert!(told < 2 * (10 + rayon::current_num_threads()), "{told}");

    let every = AtomicUsize::new(0);
    let count = |done| every.fetch_max(done, Ordering::Relaxed) < PICTURES;
    assert!(dataset.unusable_pictures(count).unwrap().is_empty());
    assert_eq!(every.into_inner(), PICTURES);
}
