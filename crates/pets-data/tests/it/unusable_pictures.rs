//! Pictures that cannot be used, left out of a split.

use std::collections::BTreeSet;
use std::fs;

use pets_data::{DataError, Dataset, Split, SplitConfig, SplitKind};
use tempfile::TempDir;

use crate::pictures::write_picture;

fn drawn() -> TempDir {
    let dir = TempDir::new().unwrap();
    for class in ["Bengal", "beagle", "pug"] {
        for number in 1..=8 {
            write_picture(dir.path().join(format!("{class}/{number}.png")), number);
        }
    }
    dir
}

fn divided(dataset: &Dataset) -> Split {
    let config = SplitConfig {
        kind: SplitKind::Random,
        train_val_split: 0.7,
        train_test_split: 0.7,
        holdout: vec!["pug".into()],
        seed: 4,
    };
    Split::new(dataset, &config).unwrap()
}

#[test]
fn they_are_found_and_leave_every_other_sample_where_it_was() {
    let dir = drawn();
    let whole = Dataset::open(dir.path()).unwrap();
    let before = divided(&whole);
    let bad = [
        before.train[1],
        before.val[0],
        before.test[2],
        before.few_shot[3],
    ];
    for (damage, &sample) in bad.iter().enumerate() {
        let path = &whole.samples()[sample].path;
        match damage {
            0 => fs::write(path, "").unwrap(),
            1 => fs::write(path, "not a picture").unwrap(),
            2 => fs::write(path, &fs::read(path).unwrap()[..40]).unwrap(),
            _ => fs::remove_file(path).unwrap(),
        }
    }
    let found = whole.unusable_pictures(|_| true).unwrap();
    let mut expected = bad.to_vec();
    expected.sort_unstable();
    let samples: Vec<_> = found.iter().map(|picture| picture.sample).collect();
    assert_eq!(samples, expected);
    for picture in &found {
        let name = &whole.samples()[picture.sample].name;
        let reason = picture.reason.to_string();
        assert!(reason.contains(name), "{reason}");
    }

    let dropped: BTreeSet<usize> = samples.into_iter().collect();
    let after = before.clone().without(&dropped, &whole).unwrap();
    for (part, full) in [
        (&after.train, &before.train),
        (&after.val, &before.val),
        (&after.test, &before.test),
        (&after.few_shot, &before.few_shot),
    ] {
        let mut kept = full.clone();
        kept.retain(|sample| !dropped.contains(sample));
        assert_eq!(*part, kept);
        assert_eq!(part.len() + 1, full.len());
    }
    assert_eq!(after.train_classes, before.train_classes);
}

#[test]
fn a_class_of_which_nothing_is_left_is_told() {
    let dir = drawn();
    let dataset = Dataset::open(dir.path()).unwrap();
    let split = divided(&dataset);
    let beagles: BTreeSet<usize> = split
        .train
        .iter()
        .copied()
        .filter(|&sample| dataset.samples()[sample].name.starts_with("beagle"))
        .collect();
    let unusable = beagles.len();
    let error = split.without(&beagles, &dataset).unwrap_err();
    assert!(
        matches!(&error, DataError::NoUsableImage { class, unusable: told } if class == "beagle" && *told == unusable),
        "{error}"
    );
}
