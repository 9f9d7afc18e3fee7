//! Folders of pictures become datasets: layouts, classes, labels, and what is refused.

use std::fs;

use pets_data::{DataError, Dataset, Layout, OfficialPart, Species};
use tempfile::TempDir;

use crate::pictures::{classes_in_file_names, official_layout, touch_images, write_file};

fn class_names(dataset: &Dataset) -> Vec<&str> {
    dataset
        .classes()
        .iter()
        .map(|class| class.name.as_str())
        .collect()
}

fn sample_names(dataset: &Dataset) -> Vec<&str> {
    dataset
        .samples()
        .iter()
        .map(|sample| sample.name.as_str())
        .collect()
}

#[test]
fn official_layout_has_classes_species_and_parts() {
    let dir = official_layout(3, 2);
    touch_images(
        dir.path(),
        ["Bengal_99.jpg", "._Bengal_1.jpg", "Bengal_3.mat"],
    );
    let dataset = Dataset::open(dir.path()).unwrap();

    assert_eq!(dataset.layout(), Layout::OfficialLists);
    assert_eq!(dataset.root(), dir.path());
    assert_eq!(
        class_names(&dataset),
        ["Bengal", "Sphynx", "beagle", "pug_dog"]
    );
    let species: Vec<_> = dataset
        .classes()
        .iter()
        .map(|class| class.species)
        .collect();
    let (cat, dog) = (Some(Species::Cat), Some(Species::Dog));
    assert_eq!(species, [cat, cat, dog, dog]);
    assert_eq!(dataset.class_counts(), [5; 4]);
    assert_eq!(sample_names(&dataset)[..2], ["Bengal_1", "Bengal_2"]);
    let last = dataset.samples().last().unwrap();
    assert_eq!((last.name.as_str(), last.label), ("pug_dog_5", 3));
    assert_eq!(last.path, dir.path().join("images/pug_dog_5.jpg"));
    let tests = dataset
        .samples()
        .iter()
        .filter(|sample| sample.part == Some(OfficialPart::Test));
    assert_eq!(tests.count(), 8);
    assert_eq!(dataset.samples()[0].part, Some(OfficialPart::TrainVal));
}

#[test]
fn torchvisions_folder_is_found() {
    let dir = TempDir::new().unwrap();
    touch_images(
        &dir.path().join("oxford-iiit-pet"),
        ["Bengal_1.jpg", "beagle_1.png"],
    );
    assert_eq!(
        class_names(&Dataset::open(dir.path()).unwrap()),
        ["Bengal", "beagle"]
    );
}

#[test]
fn an_image_only_in_list_txt_has_no_part() {
    let dir = official_layout(2, 1);
    fs::remove_file(dir.path().join("annotations/test.txt")).unwrap();
    let dataset = Dataset::open(dir.path()).unwrap();
    assert_eq!(dataset.samples().len(), 12);
    assert_eq!(
        dataset
            .samples()
            .iter()
            .filter(|sample| sample.part.is_none())
            .count(),
        4
    );
}

#[test]
fn a_missing_listed_image_is_named() {
    let dir = official_layout(3, 2);
    fs::remove_file(dir.path().join("images/Sphynx_5.jpg")).unwrap();
    fs::remove_file(dir.path().join("images/beagle_1.jpg")).unwrap();
    let error = Dataset::open(dir.path()).unwrap_err();
    let DataError::MissingImage {
        name,
        file,
        missing,
        listed,
        ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!((name.as_str(), *missing, *listed), ("Sphynx_5", 2, 20));
    assert_eq!(*file, dir.path().join("annotations/test.txt"));
    assert!(error.to_string().contains("Sphynx_5"), "{error}");
}

#[test]
fn a_wrong_line_is_told_with_file_and_line() {
    let cases = [
        ("Bengal_1 1 1", "found 3 fields"),
        ("Bengal_1 one 1 1", "CLASS-ID \"one\""),
        ("Bengal_1 0 1 1", "CLASS-ID \"0\""),
        ("Bengal_1 1 1 -2", "BREED-ID \"-2\""),
        ("Bengal_1 1 3 1", "SPECIES 3"),
        ("Bengal_1 1 2 1", "SPECIES says dog"),
        ("beagle_1 3 1 1", "SPECIES says cat"),
        ("Bengal 1 1 1", "cannot tell the class"),
        ("../Bengal_1 1 1 1", "../Bengal_1 is no name of an image"),
        (
            "/etc/Bengal_1 1 1 1",
            "/etc/Bengal_1 is no name of an image",
        ),
        ("Bengal_1 1 1 1\nBengal_2 2 1 1", "Bengal has CLASS-ID 1"),
        ("Bengal_1 1 1 1\nBengal_2 1 1 2", "Bengal has BREED-ID 1"),
        ("Bengal_1 1 1 1\nSphynx_1 1 1 2", "CLASS-ID 1 is Bengal"),
        (
            "Bengal_1 1 1 1\nSphynx_1 2 1 1",
            "BREED-ID 1 of the cats is Bengal",
        ),
        ("Bengal_1 1 1 1\nBengal_1 1 1 1", "Bengal_1 is listed twice"),
    ];
    for (text, expected) in cases {
        let dir = TempDir::new().unwrap();
        touch_images(dir.path(), ["Bengal_1.jpg"]);
        write_file(
            dir.path().join("annotations/list.txt"),
            &format!("# comment\n\n{text}"),
        );
        let error = Dataset::open(dir.path()).unwrap_err().to_string();
        let line = text.lines().count() + 2;
        assert!(error.contains(expected), "{text:?}: {error}");
        assert!(
            error.contains(&format!("list.txt:{line}: ")),
            "{text:?}: {error}"
        );
    }
}

#[test]
fn an_image_in_both_parts_is_an_error() {
    let dir = official_layout(2, 1);
    write_file(dir.path().join("annotations/test.txt"), "Bengal_2 1 1 1\n");
    let error = Dataset::open(dir.path()).unwrap_err().to_string();
    assert!(
        error.contains("test.txt:1: image Bengal_2 is in trainval.txt and"),
        "{error}"
    );
}

#[test]
fn lists_must_agree_with_each_other() {
    let dir = official_layout(2, 1);
    write_file(dir.path().join("annotations/test.txt"), "Bengal_3 2 1 1\n");
    let error = Dataset::open(dir.path()).unwrap_err().to_string();
    assert!(
        error.contains("test.txt:1: CLASS-ID 2 of class Bengal disagrees"),
        "{error}"
    );
}

#[test]
fn without_lists_file_names_tell_the_classes() {
    let dir = TempDir::new().unwrap();
    touch_images(
        dir.path(),
        [
            "wheaten_terrier_2.JPG",
            "Egyptian_Mau_1.jpeg",
            "wheaten_terrier_1.png",
            "._x_1.jpg",
            "n.mat",
        ],
    );
    let dataset = Dataset::open(dir.path()).unwrap();
    assert_eq!(dataset.layout(), Layout::ClassInFileName);
    assert_eq!(class_names(&dataset), ["Egyptian_Mau", "wheaten_terrier"]);
    let names = ["Egyptian_Mau_1", "wheaten_terrier_1", "wheaten_terrier_2"];
    assert_eq!(sample_names(&dataset), names);
    assert_eq!(dataset.classes()[1].species, Some(Species::Dog));
    assert!(dataset.samples().iter().all(|sample| sample.part.is_none()));
}

#[test]
fn images_directly_in_the_folder_are_found() {
    let dir = classes_in_file_names(&[("Bengal", 2), ("beagle", 1)]);
    let dataset = Dataset::open(dir.path().join("images")).unwrap();
    assert_eq!(dataset.class_counts(), [2, 1]);
}

#[test]
fn a_file_name_without_class_is_named() {
    let dir = TempDir::new().unwrap();
    touch_images(dir.path(), ["Bengal_1.jpg", "holiday.jpg"]);
    let error = Dataset::open(dir.path()).unwrap_err().to_string();
    assert!(
        error.contains("holiday.jpg") && error.contains("CLASS_NUMBER.jpg"),
        "{error}"
    );
}

#[test]
fn a_folder_per_class_has_no_species() {
    let dir = TempDir::new().unwrap();
    for file in [
        "rose/2.jpg",
        "rose/1.jpg",
        "tulip/1.png",
        "empty/notes.txt",
        ".cache/1.jpg",
    ] {
        write_file(dir.path().join(file), "");
    }
    write_file(dir.path().join("overview_1.png"), "");
    let dataset = Dataset::open(dir.path()).unwrap();
    assert_eq!(dataset.layout(), Layout::FolderPerClass);
    assert_eq!(class_names(&dataset), ["rose", "tulip"]);
    assert_eq!(sample_names(&dataset), ["rose/1", "rose/2", "tulip/1"]);
    assert!(
        dataset
            .classes()
            .iter()
            .all(|class| class.species.is_none())
    );
    let items = dataset.items(&[2, 0]);
    assert_eq!(items[0].path, dir.path().join("tulip/1.png"));
    assert_eq!(dataset.empty_folders(), [dir.path().join("empty")]);
    assert_eq!((items[0].label, items[1].label), (1, 0));
}

#[test]
fn nothing_there_tells_where_was_looked() {
    let dir = TempDir::new().unwrap();
    for missing in [dir.path().to_path_buf(), dir.path().join("absent")] {
        let error = Dataset::open(&missing).unwrap_err();
        let DataError::NotFound { dir, looked_for } = &error else {
            panic!("{error}")
        };
        assert_eq!(*dir, missing);
        assert_eq!(looked_for[0], missing.join("images"));
        assert!(error.to_string().contains("oxford-iiit-pet"), "{error}");
    }
}

#[test]
fn an_unknown_class_gets_the_nearest_name() {
    let dir = classes_in_file_names(&[("Egyptian_Mau", 1), ("samoyed", 1)]);
    let dataset = Dataset::open(dir.path()).unwrap();
    assert_eq!(dataset.label_of("samoyed").unwrap(), 1);
    let error = dataset.label_of("egyptian_mao").unwrap_err().to_string();
    assert!(error.contains("did you mean \"Egyptian_Mau\"?"), "{error}");
    let error = dataset.label_of("parrot").unwrap_err().to_string();
    assert!(!error.contains("did you mean"), "{error}");
}
