//! Lists and folders as people and other systems leave them.

use std::fs;

use pets_data::{DataError, Dataset};
use tempfile::TempDir;

use crate::pictures::{touch_images, write_file};

fn names(dataset: &Dataset) -> Vec<&str> {
    let samples = dataset.samples().iter();
    samples.map(|sample| sample.name.as_str()).collect()
}

#[test]
fn line_ends_blank_lines_marks_and_spaces_do_not_matter() {
    let dir = TempDir::new().unwrap();
    let files = ["Maine Coon_1.jpg", "Müller's Kätzchen_2.jpg", "犬_3.jpg"];
    touch_images(dir.path(), files);
    write_file(
        dir.path().join("annotations/list.txt"),
        "\u{feff}# name\r\n\r\nMaine Coon_1\t1 1 1 \r\n\n  Müller's Kätzchen_2 2  1 2\r\n犬_3 3 2 1",
    );
    let dataset = Dataset::open(dir.path()).unwrap();
    assert_eq!(
        names(&dataset),
        ["Maine Coon_1", "Müller's Kätzchen_2", "犬_3"]
    );
    let classes: Vec<_> = dataset.classes().iter().map(|class| &class.name).collect();
    assert_eq!(classes, ["Maine Coon", "Müller's Kätzchen", "犬"]);
}

#[test]
fn a_list_that_is_no_text_is_named() {
    let dir = TempDir::new().unwrap();
    touch_images(dir.path(), ["Bengal_1.jpg"]);
    write_file(dir.path().join("annotations/list.txt"), "");
    fs::write(dir.path().join("annotations/list.txt"), [0xC3, 0x28, 0xFF]).unwrap();
    let error = Dataset::open(dir.path()).unwrap_err();
    assert!(matches!(error, DataError::Read { .. }), "{error}");
    assert!(error.to_string().contains("list.txt"), "{error}");
}

#[test]
fn an_image_in_two_formats_counts_once_where_a_list_names_it() {
    let dir = TempDir::new().unwrap();
    touch_images(dir.path(), ["Bengal_1.png", "Bengal_1.jpg", "Bengal_2.png"]);
    write_file(
        dir.path().join("annotations/list.txt"),
        "Bengal_1 1 1 1\nBengal_2 1 1 1\n",
    );
    let dataset = Dataset::open(dir.path()).unwrap();
    assert_eq!(names(&dataset), ["Bengal_1", "Bengal_2"]);
    assert!(dataset.samples()[0].path.ends_with("Bengal_1.jpg"));
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use pets_data::decode;

    use super::*;

    fn class_folders() -> TempDir {
        let dir = TempDir::new().unwrap();
        for file in ["pug/1.jpg", "pug/2.jpg", "beagle/1.jpg"] {
            write_file(dir.path().join(file), "");
        }
        dir
    }

    #[test]
    fn a_link_that_leads_nowhere_is_no_lost_picture() {
        let dir = class_folders();
        symlink("absent.jpg", dir.path().join("pug/dangling.jpg")).unwrap();
        symlink("round.jpg", dir.path().join("pug/round.jpg")).unwrap();
        let dataset = Dataset::open(dir.path()).unwrap();
        assert_eq!(
            names(&dataset),
            ["beagle/1", "pug/1", "pug/2", "pug/dangling", "pug/round"]
        );
        for sample in &dataset.samples()[3..] {
            let error = decode(&sample.path).unwrap_err();
            assert!(matches!(error, DataError::Read { .. }), "{error}");
        }
    }

    #[test]
    fn loops_of_links_come_to_an_end() {
        let dir = class_folders();
        symlink("..", dir.path().join("pug/parent")).unwrap();
        symlink(".", dir.path().join("all")).unwrap();
        symlink("a", dir.path().join("b")).unwrap();
        symlink("b", dir.path().join("a")).unwrap();
        symlink(".", dir.path().join("images")).unwrap();
        let dataset = Dataset::open(dir.path()).unwrap();
        assert_eq!(names(&dataset), ["beagle/1", "pug/1", "pug/2"]);
    }

    #[test]
    fn a_folder_under_two_names_is_not_two_classes() {
        let dir = class_folders();
        symlink("pug", dir.path().join("carlin")).unwrap();
        let error = Dataset::open(dir.path()).unwrap_err();
        assert!(matches!(error, DataError::SameFolder { .. }), "{error}");
        let said = error.to_string();
        assert!(said.contains("carlin") && said.contains("pug"), "{said}");
    }
}
