//! Which items make the batches of an epoch.

use std::collections::{BTreeMap, BTreeSet};

use pets_data::{HardNegativeSampler, Sampler};
use proptest::prelude::*;

/// `sizes[c]` images of class `10 · c`, in an order that mixes the classes.
fn labels(sizes: &[usize]) -> Vec<usize> {
    let largest = sizes.iter().copied().max().unwrap_or(0);
    (0..largest)
        .flat_map(|round| {
            sizes
                .iter()
                .enumerate()
                .filter(move |(_, size)| round < **size)
                .map(|(class, _)| 10 * class)
        })
        .collect()
}

fn count(values: impl IntoIterator<Item = usize>) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_insert(0) += 1;
    }
    counts
}

proptest! {
    #[test]
    fn m_per_class_batches_are_balanced(
        sizes in prop::collection::vec(1_usize..30, 2..12),
        m in 1_usize..5,
        classes_per_batch in 1_usize..8,
        seed in any::<u64>(),
        epoch in 0_u64..5,
    ) {
        let labels = labels(&sizes);
        let sampler = Sampler::MPerClass { m };
        let batches = sampler.epoch(&labels, m * classes_per_batch, seed, epoch).unwrap();

        let classes_per_batch = classes_per_batch.min(sizes.len());
        let batch_size = m * classes_per_batch;
        let exact = labels.len() as f64 / batch_size as f64;
        prop_assert!((batches.len() as f64 - exact).abs() <= 0.5 || batches.len() == 1);

        for batch in &batches {
            let by_class = count(batch.iter().map(|&position| labels[position]));
            prop_assert_eq!(by_class.len(), classes_per_batch);
            prop_assert!(by_class.values().all(|&images| images == m));
            for (image, times) in count(batch.iter().copied()) {
                let enough = sizes[labels[image] / 10] >= m;
                prop_assert!(times == 1 || !enough, "image {image} is {times} times in a batch");
            }
        }

        let mut appearances = count((0..sizes.len()).map(|class| 10 * class));
        for batch in &batches {
            for class in batch.iter().map(|&position| labels[position]).collect::<BTreeSet<_>>() {
                *appearances.entry(class).or_insert(0) += 1;
            }
        }
        let most = appearances.values().max().unwrap();
        let least = appearances.values().min().unwrap();
        prop_assert!(most - least <= 1, "{appearances:?}");

        // Dealt without replacement: within a class no image comes twice more often than another.
        let uses = count(batches.iter().flatten().copied().chain(0..labels.len()));
        for class in 0..sizes.len() {
            let of_class: Vec<usize> = uses
                .iter()
                .filter(|(position, _)| labels[**position] == 10 * class)
                .map(|(_, &times)| times)
                .collect();
            prop_assert!(of_class.iter().max().unwrap() - of_class.iter().min().unwrap() <= 1);
        }

        prop_assert_eq!(batches, sampler.epoch(&labels, m * classes_per_batch, seed, epoch).unwrap());
    }

    #[test]
    fn hard_negative_batches_hold_whole_groups(
        sizes in prop::collection::vec(1_usize..30, 2..12),
        m in 1_usize..5,
        classes_per_batch in 1_usize..8,
        group in 1_usize..5,
        rankings in prop::collection::vec(prop::collection::vec(0_usize..15, 0..6), 12),
        seed in any::<u64>(),
    ) {
        let labels = labels(&sizes);
        // Some rankings name the label itself, labels that do not occur, or a label twice.
        let confusable_classes: BTreeMap<usize, Vec<usize>> = rankings
            .iter()
            .enumerate()
            .map(|(class, others)| (10 * class, others.iter().map(|other| 10 * other).collect()))
            .collect();
        let sampler = HardNegativeSampler { m, group, confusable_classes };
        let batches = sampler.epoch(&labels, m * classes_per_batch, seed, 0).unwrap();

        let classes_per_batch = classes_per_batch.min(sizes.len());
        let exact = labels.len() as f64 / (m * classes_per_batch) as f64;
        prop_assert!((batches.len() as f64 - exact).abs() <= 0.5 || batches.len() == 1);
        for batch in &batches {
            let classes: Vec<usize> =
                batch.chunks(m).map(|images| labels[images[0]]).collect();
            prop_assert_eq!(classes.len(), classes_per_batch);
            prop_assert_eq!(classes.iter().collect::<BTreeSet<_>>().len(), classes_per_batch);
            for images in batch.chunks(m) {
                prop_assert!(images.iter().all(|&image| labels[image] == labels[images[0]]));
                let distinct = images.iter().collect::<BTreeSet<_>>().len();
                prop_assert_eq!(distinct, m.min(sizes[labels[images[0]] / 10]));
            }

            // An anchor, then its most confusable classes not in the batch yet, then the next anchor.
            let mut rest = &classes[..];
            let mut before = BTreeSet::new();
            while let Some((anchor, after)) = rest.split_first() {
                before.insert(*anchor);
                let mut expected = Vec::new();
                for other in &sampler.confusable_classes[anchor] {
                    let occurs = sizes.len() > other / 10;
                    if expected.len() + 1 < group && occurs && before.insert(*other) {
                        expected.push(*other);
                    }
                }
                expected.truncate(after.len());
                prop_assert!(after.starts_with(&expected), "{classes:?}, {sampler:?}");
                rest = &after[expected.len()..];
            }
        }
        prop_assert_eq!(batches, sampler.epoch(&labels, m * classes_per_batch, seed, 0).unwrap());
    }

    #[test]
    fn shuffle_sees_every_image_once(images in 1_usize..200, batch_size in 1_usize..20, seed in any::<u64>()) {
        let batches = Sampler::Shuffle.epoch(&vec![0; images], batch_size, seed, 0).unwrap();
        let seen: BTreeSet<usize> = batches.iter().flatten().copied().collect();
        let left_out = batch_size > 1 && images > batch_size && images % batch_size == 1;
        prop_assert_eq!(seen.len(), images - usize::from(left_out));
        prop_assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), seen.len());
        prop_assert!(batches.iter().rev().skip(1).all(|batch| batch.len() == batch_size));
    }
}

#[test]
fn sequential_keeps_order_and_the_last_batch() {
    let batches = Sampler::Sequential.epoch(&[5; 7], 3, 1, 2).unwrap();
    assert_eq!(batches, [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
}

#[test]
fn whole_rounds_give_every_class_the_same_number_of_batches() {
    let labels = labels(&[20; 8]);
    let batches = Sampler::MPerClass { m: 4 }
        .epoch(&labels, 16, 42, 0)
        .unwrap();
    assert_eq!(batches.len(), 10);
    let per_class = count(batches.iter().flatten().map(|&position| labels[position]));
    assert!(
        per_class.values().all(|&images| images == 20),
        "{per_class:?}"
    );
    let seen: BTreeSet<usize> = batches.into_iter().flatten().collect();
    assert_eq!(seen.len(), 160);
}

#[test]
fn epochs_and_seeds_differ() {
    let labels = labels(&[20; 4]);
    for sampler in [Sampler::Shuffle, Sampler::MPerClass { m: 4 }] {
        let batches = |seed, epoch| sampler.epoch(&labels, 8, seed, epoch).unwrap();
        assert_ne!(batches(1, 0), batches(1, 1));
        assert_ne!(batches(1, 0), batches(2, 0));
    }
}

#[test]
fn every_class_comes_in_a_round_of_hard_negatives() {
    let labels = labels(&[16; 8]);
    // Class 0 is everyone's most confusable class.
    let sampler = HardNegativeSampler {
        m: 2,
        group: 2,
        confusable_classes: (1..8).map(|class| (10 * class, vec![0])).collect(),
    };
    let batches = sampler.epoch(&labels, 8, 42, 0).unwrap();
    assert_eq!(batches.len(), 16);
    let per_class = count(batches.iter().flatten().map(|&position| labels[position]));
    assert_eq!(per_class[&0], 32, "one of each batch's four classes");
    assert!(
        per_class.values().all(|&images| images >= 10),
        "{per_class:?}"
    );
    assert_ne!(batches, sampler.epoch(&labels, 8, 42, 1).unwrap());
    assert_ne!(batches, sampler.epoch(&labels, 8, 43, 0).unwrap());
}

#[test]
fn impossible_batches_are_errors() {
    let error = |sampler: Sampler, labels: &[usize], batch_size| {
        sampler
            .epoch(labels, batch_size, 0, 0)
            .unwrap_err()
            .to_string()
    };
    assert!(error(Sampler::Shuffle, &[], 4).contains("no images"));
    assert!(error(Sampler::Sequential, &[1], 0).contains("batch_size is 0"));
    for m in [0, 3, 8] {
        let message = error(Sampler::MPerClass { m }, &[1, 2], 4);
        assert!(
            message.contains(&format!("samples_per_class = {m}")),
            "{message}"
        );
    }
    let groupless = HardNegativeSampler {
        m: 1,
        group: 0,
        confusable_classes: BTreeMap::new(),
    };
    let message = groupless.epoch(&[1, 2], 2, 0, 0).unwrap_err().to_string();
    assert!(message.contains("group of 0"), "{message}");
}
