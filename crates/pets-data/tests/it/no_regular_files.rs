//! Pipes, devices and folders in the place of pictures and lists: errors that name them, at once.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use pets_data::{DataError, Dataset, decode};
use tempfile::TempDir;

use crate::pictures::{official_layout, write_picture};

fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn assert_names(error: &DataError, name: &str, kind: &str) {
    assert!(matches!(error, DataError::Read { .. }), "{error}");
    let said = error.to_string();
    assert!(said.contains(name) && said.contains(kind), "{said}");
}

#[test]
fn among_the_pictures_each_is_unusable() {
    let dir = TempDir::new().unwrap();
    write_picture(dir.path().join("pug/1.png"), 1);
    make_pipe(&dir.path().join("pug/2.png"));
    symlink("/dev/zero", dir.path().join("pug/3.png")).unwrap();
    fs::create_dir(dir.path().join("pug/4.png")).unwrap();
    let dataset = Dataset::open(dir.path()).unwrap();
    let found = dataset.check_pictures(|_| true).unwrap();
    let samples: Vec<_> = found.unusable.iter().map(|one| one.sample).collect();
    assert_eq!(samples, [1, 2, 3]);
    for (picture, (name, kind)) in found.unusable.iter().zip([
        ("2.png", "a named pipe"),
        ("3.png", "a device"),
        ("4.png", "a folder"),
    ]) {
        assert_names(&picture.reason, name, kind);
    }
    let error = dataset.fingerprint(&[0, 1], |_| true).unwrap_err();
    assert_names(&error, "2.png", "a named pipe");
}

#[test]
fn a_picture_that_is_none_is_named() {
    let dir = TempDir::new().unwrap();
    let pipe = dir.path().join("pipe_1.jpg");
    make_pipe(&pipe);
    assert_names(&decode(&pipe).unwrap_err(), "pipe_1.jpg", "a named pipe");
    let error = decode("/dev/zero").unwrap_err();
    assert_names(&error, "/dev/zero", "a device");
}

#[test]
fn a_list_that_is_none_or_too_long_is_named() {
    let dir = official_layout(2, 1);
    let list = dir.path().join("annotations/test.txt");
    fs::File::create(&list)
        .unwrap()
        .set_len((64 << 20) + 1)
        .unwrap();
    assert_names(
        &Dataset::open(dir.path()).unwrap_err(),
        "test.txt",
        "67108864 bytes",
    );
    fs::remove_file(&list).unwrap();
    make_pipe(&list);
    assert_names(
        &Dataset::open(dir.path()).unwrap_err(),
        "test.txt",
        "a named pipe",
    );
    fs::remove_file(&list).unwrap();
    symlink("/dev/zero", &list).unwrap();
    assert_names(
        &Dataset::open(dir.path()).unwrap_err(),
        "test.txt",
        "a device",
    );
}
