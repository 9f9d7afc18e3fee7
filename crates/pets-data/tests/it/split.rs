//! Divisions of a dataset, official and random.

use std::collections::BTreeSet;

use pets_data::{DataError, Dataset, OfficialPart, Split, SplitConfig, SplitKind};
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::value::StrDeserializer;

use crate::pictures::{classes_in_file_names, official_layout, write_file};

fn random(train_val_split: f64, train_test_split: f64, holdout: &[&str], seed: u64) -> SplitConfig {
    SplitConfig {
        kind: SplitKind::Random,
        train_val_split,
        train_test_split,
        holdout: holdout.iter().map(|&name| name.to_owned()).collect(),
        seed,
    }
}

fn official(train_val_split: f64, holdout: &[&str]) -> SplitConfig {
    SplitConfig {
        kind: SplitKind::Official,
        ..random(train_val_split, 0.9, holdout, 7)
    }
}

/// How many of `part`'s images each class has.
fn counts(dataset: &Dataset, part: &[usize]) -> Vec<usize> {
    let mut counts = vec![0; dataset.classes().len()];
    for &index in part {
        counts[dataset.samples()[index].label] += 1;
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn parts_are_disjoint_complete_stratified_and_repeatable(
        sizes in prop::collection::vec(3_usize..25, 3..6),
        held_out in 0_usize..2,
        train_val_split in 0.3_f64..0.95,
        train_test_split in 0.3_f64..0.95,
        seed in any::<u64>(),
    ) {
        let names: Vec<String> = (0..sizes.len()).map(|class| format!("class{class}")).collect();
        let classes: Vec<(&str, usize)> =
            names.iter().map(String::as_str).zip(sizes.iter().copied()).collect();
        let dir = classes_in_file_names(&classes);
        let dataset = Dataset::open(dir.path()).unwrap();
        let holdout: Vec<&str> = classes[..held_out].iter().map(|class| class.0).collect();
        let config = random(train_val_split, train_test_split, &holdout, seed);
        let split = Split::new(&dataset, &config).unwrap();

        let parts = [&split.train, &split.val, &split.test, &split.few_shot];
        let union: BTreeSet<usize> = parts.iter().copied().flatten().copied().collect();
        prop_assert_eq!(parts.iter().map(|part| part.len()).sum::<usize>(), union.len());
        prop_assert_eq!(union.len(), dataset.samples().len());
        prop_assert!(parts.iter().all(|part| part.is_sorted()));

        let [train, val, test, few_shot] = parts.map(|part| counts(&dataset, part));
        for class in 0..sizes.len() {
            if class < held_out {
                prop_assert_eq!(few_shot[class], sizes[class]);
                prop_assert_eq!(train[class] + val[class] + test[class], 0);
                prop_assert_eq!(split.train_label(class), None);
            } else {
                let rest = sizes[class] - test[class];
                prop_assert!(train[class] > 0 && val[class] > 0 && test[class] > 0);
                let wanted_rest = sizes[class] as f64 * train_test_split;
                prop_assert!((rest as f64 - wanted_rest).abs() < 1.0 + 0.5, "{rest}, {wanted_rest}");
                let wanted_train = rest as f64 * train_val_split;
                prop_assert!((train[class] as f64 - wanted_train).abs() < 1.0);
                prop_assert_eq!(split.train_label(class), Some(class - held_out));
            }
        }
        prop_assert_eq!(&split, &Split::new(&dataset, &config).unwrap());
    }
}

#[test]
fn shares_are_rounded_within_each_class() {
    let dir = classes_in_file_names(&[("a", 100), ("b", 93), ("c", 3)]);
    let dataset = Dataset::open(dir.path()).unwrap();
    let split = Split::new(&dataset, &random(0.8, 0.9, &[], 42)).unwrap();
    // 93 · 0.9 = 83.7 → 84 stay; 84 · 0.8 = 67.2 → 67 train. 3 · 0.9 = 2.7, but test needs one.
    assert_eq!(counts(&dataset, &split.train), [72, 67, 1]);
    assert_eq!(counts(&dataset, &split.val), [18, 17, 1]);
    assert_eq!(counts(&dataset, &split.test), [10, 9, 1]);
}

#[test]
fn the_seed_decides_and_the_holdout_does_not_disturb_other_classes() {
    let dir = classes_in_file_names(&[("a", 20), ("b", 20), ("c", 20)]);
    let dataset = Dataset::open(dir.path()).unwrap();
    let split =
        |holdout: &[&str], seed| Split::new(&dataset, &random(0.8, 0.8, holdout, seed)).unwrap();
    assert_ne!(split(&[], 1).test, split(&[], 2).test);
    let of_c = |split: &Split| -> Vec<usize> {
        split
            .test
            .iter()
            .copied()
            .filter(|&index| dataset.samples()[index].label == 2)
            .collect()
    };
    assert_eq!(of_c(&split(&[], 1)), of_c(&split(&["a", "a"], 1)));
    assert_eq!(split(&["a", "a"], 1).holdout_classes, [0]);
}

#[test]
fn a_share_of_one_makes_no_part() {
    let dir = classes_in_file_names(&[("a", 4), ("b", 4)]);
    let dataset = Dataset::open(dir.path()).unwrap();
    let split = Split::new(&dataset, &random(1.0, 0.5, &[], 1)).unwrap();
    assert_eq!(
        (split.train.len(), split.val.len(), split.test.len()),
        (4, 0, 4)
    );
    let split = Split::new(&dataset, &random(1.0, 1.0, &[], 1)).unwrap();
    assert_eq!(
        (split.train.len(), split.val.len(), split.test.len()),
        (8, 0, 0)
    );
}

#[test]
fn official_parts_are_the_lists() {
    let dir = official_layout(5, 3);
    let dataset = Dataset::open(dir.path()).unwrap();
    let split = Split::new(&dataset, &official(0.8, &["Sphynx"])).unwrap();
    assert_eq!(counts(&dataset, &split.train), [4, 0, 4, 4]);
    assert_eq!(counts(&dataset, &split.val), [1, 0, 1, 1]);
    assert_eq!(counts(&dataset, &split.test), [3, 0, 3, 3]);
    assert_eq!(counts(&dataset, &split.few_shot), [0, 8, 0, 0]);
    let part = |index: &usize| dataset.samples()[*index].part.unwrap();
    assert!(
        split
            .test
            .iter()
            .all(|index| part(index) == OfficialPart::Test)
    );
    assert!(
        split
            .train
            .iter()
            .all(|index| part(index) == OfficialPart::TrainVal)
    );
    assert!(
        split
            .val
            .iter()
            .all(|index| part(index) == OfficialPart::TrainVal)
    );
}

#[test]
fn official_split_needs_official_lists() {
    let dir = classes_in_file_names(&[("a", 4), ("b", 4)]);
    let dataset = Dataset::open(dir.path()).unwrap();
    let error = Split::new(&dataset, &official(0.8, &[])).unwrap_err();
    assert!(
        matches!(
            error,
            DataError::EmptyPart {
                part: "trainval.txt"
            }
        ),
        "{error}"
    );

    let dir = official_layout(5, 1);
    write_file(dir.path().join("annotations/test.txt"), "Sphynx_6 2 1 2");
    let dataset = Dataset::open(dir.path()).unwrap();
    let error = Split::new(&dataset, &official(0.8, &["Sphynx"])).unwrap_err();
    assert!(
        matches!(error, DataError::EmptyPart { part: "test.txt" }),
        "{error}"
    );
}

#[test]
fn train_items_have_labels_without_gaps() {
    let dir = classes_in_file_names(&[("a", 5), ("b", 5), ("c", 5), ("d", 5)]);
    let dataset = Dataset::open(dir.path()).unwrap();
    let split = Split::new(&dataset, &random(0.6, 0.8, &["b"], 3)).unwrap();
    assert_eq!(split.train_classes, [0, 2, 3]);
    assert_eq!(
        [0, 1, 2, 3].map(|label| split.train_label(label)),
        [Some(0), None, Some(1), Some(2)]
    );
    let items = split.train_items(&dataset);
    let labels: BTreeSet<usize> = items.iter().map(|item| item.label).collect();
    assert_eq!(labels, BTreeSet::from([0, 1, 2]));
    assert_eq!(items[0].path, dataset.samples()[split.train[0]].path);
    let val = split.val_items(&dataset);
    assert_eq!(val.len(), split.val.len());
    assert_eq!(val.last().unwrap().label, 2);
}

#[test]
fn what_cannot_be_divided_is_told() {
    let dir = classes_in_file_names(&[("Egyptian_Mau", 5), ("samoyed", 5), ("pug", 2)]);
    let dataset = Dataset::open(dir.path()).unwrap();
    let error = |config: SplitConfig| Split::new(&dataset, &config).unwrap_err();

    let too_few = error(random(0.8, 0.9, &[], 1));
    assert!(
        matches!(&too_few, DataError::TooFewImages { class, images: 2, needed: 3 } if class == "pug"),
        "{too_few}"
    );
    let unknown = error(random(0.8, 0.9, &["egyptian-mau"], 1)).to_string();
    assert!(
        unknown.contains("did you mean \"Egyptian_Mau\"?"),
        "{unknown}"
    );
    let all_held_out = error(random(0.8, 0.9, &["Egyptian_Mau", "samoyed", "pug"], 1));
    assert!(
        matches!(all_held_out, DataError::TooFewClasses { left: 0, .. }),
        "{all_held_out}"
    );
    for share in [0.0, -0.1, 1.1, f64::NAN] {
        let name = error(random(share, 0.9, &[], 1)).to_string();
        assert!(name.contains("train_val_split"), "{name}");
        let name = error(random(0.8, share, &[], 1)).to_string();
        assert!(name.contains("train_test_split"), "{name}");
    }
}

#[test]
fn splits_are_read_by_their_names() {
    for kind in SplitKind::ALL {
        let name = kind.to_string();
        assert_eq!(name.parse::<SplitKind>().unwrap(), kind);
        let in_file = StrDeserializer::<serde::de::value::Error>::new(&name);
        assert_eq!(SplitKind::deserialize(in_file).unwrap(), kind);
    }
    let refusal = "half".parse::<SplitKind>().unwrap_err().to_string();
    assert_eq!(
        refusal,
        "there is no split `half`: use one of random, official"
    );
}
