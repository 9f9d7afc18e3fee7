//! Little image folders to test on.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use image::{Rgb, RgbImage};
use tempfile::TempDir;

/// A picture whose content follows from `number` and differs from pixel to pixel.
pub(crate) fn picture(width: u32, height: u32, number: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let value = |step: u32| ((x * 7 + y * 11) * step + number * 37) as u8;
        Rgb([value(1), value(3), value(5)])
    })
}

/// Writes a picture, in the format of the path's extension, and the folders it needs.
pub(crate) fn write_picture(path: impl AsRef<Path>, number: u32) {
    write_file(&path, "");
    picture(12, 10, number).save(path).unwrap();
}

/// Writes a text file and the folders it needs.
pub(crate) fn write_file(path: impl AsRef<Path>, text: &str) {
    let path = path.as_ref();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Files that are all named as images but empty: enough where nothing decodes them.
pub(crate) fn touch_images(dir: &Path, names: impl IntoIterator<Item = impl AsRef<str>>) {
    for name in names {
        write_file(dir.join("images").join(name.as_ref()), "");
    }
}

/// `images/` with `count` empty images of each class, without lists.
pub(crate) fn classes_in_file_names(classes: &[(&str, usize)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (class, count) in classes {
        touch_images(
            dir.path(),
            (1..=*count).map(|number| format!("{class}_{number}.jpg")),
        );
    }
    dir
}

/// The official layout: two cats and two dogs, the given numbers of images in trainval and test.
pub(crate) fn official_layout(trainval: usize, test: usize) -> TempDir {
    let dir = TempDir::new().unwrap();
    let classes = [
        ("Bengal", 1, 1, 1),
        ("Sphynx", 2, 1, 2),
        ("beagle", 3, 2, 1),
        ("pug_dog", 4, 2, 2),
    ];
    let lines = |numbers: std::ops::RangeInclusive<usize>| {
        let mut text = "#Image CLASS-ID SPECIES BREED ID\r\n\r\n".to_owned();
        for (class, id, species, breed) in classes {
            for number in numbers.clone() {
                writeln!(text, "{class}_{number} {id} {species} {breed}\r").unwrap();
            }
        }
        text
    };
    let annotations = dir.path().join("annotations");
    write_file(annotations.join("list.txt"), &lines(1..=trainval + test));
    write_file(annotations.join("trainval.txt"), &lines(1..=trainval));
    write_file(
        annotations.join("test.txt"),
        &lines(trainval + 1..=trainval + test),
    );
    for (class, ..) in classes {
        let names = (1..=trainval + test).map(|number| format!("{class}_{number}.jpg"));
        touch_images(dir.path(), names);
    }
    dir
}
