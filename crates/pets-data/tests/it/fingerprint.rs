//! By what pictures are known again, and what is said to differ.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use pets_data::{DataError, Dataset, Fingerprint};
use tempfile::TempDir;

use crate::pictures::write_file;

fn three_pictures() -> TempDir {
    let dir = TempDir::new().unwrap();
    for (file, text) in [
        ("pug/1.jpg", "one"),
        ("pug/2.jpg", "two"),
        ("beagle/1.jpg", "three"),
    ] {
        write_file(dir.path().join(file), text);
    }
    dir
}

fn all_of(folder: &Path) -> Fingerprint {
    let dataset = Dataset::open(folder).unwrap();
    let samples: Vec<usize> = (0..dataset.samples().len()).collect();
    dataset.fingerprint(&samples, |_| true).unwrap()
}

#[test]
fn neither_order_nor_place_matters() {
    let (here, there) = (three_pictures(), three_pictures());
    let dataset = Dataset::open(here.path()).unwrap();
    let backwards = dataset.fingerprint(&[2, 0, 1], |_| true).unwrap();
    assert_eq!(backwards, all_of(there.path()));
    assert_eq!(backwards.count, 3);
    assert_eq!(backwards.difference(&all_of(there.path())), None);
    for digest in [&backwards.names, &backwards.sizes, &backwards.contents] {
        assert_eq!(digest.len(), 64);
        assert!(digest.bytes().all(|digit| digit.is_ascii_hexdigit()));
    }
}

#[test]
fn what_differs_first_is_said() {
    let before = all_of(three_pictures().path());
    let after = |change: &dyn Fn(&Path)| {
        let dir = three_pictures();
        change(dir.path());
        before.difference(&all_of(dir.path())).unwrap()
    };
    let rename = |from: &'static str, to: &'static str| {
        after(&move |dir| {
            fs::create_dir_all(dir.join(to).parent().unwrap()).unwrap();
            fs::rename(dir.join(from), dir.join(to)).unwrap();
        })
    };
    let write =
        |text: &'static str| after(&move |dir| fs::write(dir.join("pug/1.jpg"), text).unwrap());
    let removed = after(&|dir| fs::remove_file(dir.join("pug/1.jpg")).unwrap());
    assert_eq!(removed, "the number of pictures differs: 3 and 2");
    let names = "the names or classes of pictures differ";
    assert_eq!(rename("pug/1.jpg", "pug/3.jpg"), names);
    assert_eq!(rename("pug/1.jpg", "pug/1.png"), names);
    assert_eq!(rename("pug/1.jpg", "corgi/1.jpg"), names);
    assert_eq!(write("one more byte"), "the sizes of pictures differ");
    assert_eq!(write("eno"), "the contents of pictures differ");
}

#[test]
fn a_file_of_many_blocks_is_read_to_its_end() {
    let dir = three_pictures();
    let path = dir.path().join("pug/1.jpg");
    let mut content = vec![7_u8; 200_000];
    fs::write(&path, &content).unwrap();
    let before = all_of(dir.path());
    *content.last_mut().unwrap() = 8;
    fs::write(&path, &content).unwrap();
    let difference = before.difference(&all_of(dir.path()));
    assert_eq!(
        difference.as_deref(),
        Some("the contents of pictures differ")
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let dir = three_pictures();
    let dataset = Dataset::open(dir.path()).unwrap();
    fs::remove_file(dir.path().join("pug/2.jpg")).unwrap();
    let error = dataset.fingerprint(&[0, 1, 2], |_| true).unwrap_err();
    assert!(matches!(error, DataError::Read { .. }), "{error}");
    assert!(error.to_string().contains("2.jpg"), "{error}");
    dataset.fingerprint(&[0, 1], |_| true).unwrap();
}

#[test]
fn it_tells_its_progress_and_can_be_interrupted() {
    let dir = three_pictures();
    let dataset = Dataset::open(dir.path()).unwrap();
    let most = AtomicUsize::new(0);
    dataset
        .fingerprint(&[0, 1, 2], |done| {
            most.fetch_max(done, Ordering::Relaxed);
            true
        })
        .unwrap();
    assert_eq!(most.into_inner(), 3);
    let error = dataset.fingerprint(&[0, 1, 2], |_| false).unwrap_err();
    assert!(matches!(error, DataError::Interrupted), "{error}");
}
