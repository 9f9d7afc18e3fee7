//! Errors by class against a count over all pairs.

#![allow(clippy::float_cmp, reason = "exact values are meant")]

use std::collections::BTreeMap;

use crate::reference;
use pets_eval::{Embeddings, EvalError, evaluate_class_verification};
use proptest::prelude::*;

fn embeddings() -> impl Strategy<Value = Embeddings> {
    (1usize..=60, 1u32..=9).prop_flat_map(|(rows, classes)| {
        let data = prop::collection::vec((-2i8..=2).prop_map(f32::from), rows * 3);
        let labels = prop::collection::vec(0..classes, rows);
        (data, labels).prop_map(|(data, labels)| {
            Embeddings::new(data, 3, labels).expect("finite, whole rows")
        })
    })
}

proptest! {
    #[test]
    fn errors_by_class_equal_a_count_over_all_pairs(
        embeddings in embeddings(),
        threshold in prop::sample::select(vec![0.0, 1.0, 1.5, 2.0, 100.0]),
    ) {
        let labels = embeddings.labels();
        let mut counts: BTreeMap<[u32; 2], [u64; 2]> = BTreeMap::new();
        for a in 0..embeddings.len() {
            for b in a + 1..embeddings.len() {
                let key = [labels[a].min(labels[b]), labels[a].max(labels[b])];
                let [accepted, pairs] = counts.entry(key).or_default();
                *accepted += u64::from(reference::distance(&embeddings, a, b) <= threshold);
                *pairs += 1;
            }
        }
        let share = |chosen: &dyn Fn([u32; 2]) -> bool| {
            let (mut accepted, mut pairs) = (0, 0);
            for (&key, counts) in counts.iter().filter(|(key, _)| chosen(**key)) {
                assert!(counts[0] <= counts[1], "{key:?}");
                accepted += counts[0];
                pairs += counts[1];
            }
            (pairs > 0).then(|| accepted as f64 / pairs as f64)
        };
        let found = evaluate_class_verification(&embeddings, threshold, 5, &()).expect("valid");
        for class in &found.classes {
            let label = class.label;
            prop_assert_eq!(class.true_accept_rate, share(&|key| key == [label, label]));
            prop_assert_eq!(
                class.false_accept_rate,
                share(&|[a, b]| a != b && (a == label || b == label))
            );
        }
        let samples: usize = found.classes.iter().map(|class| class.samples).sum();
        prop_assert_eq!(samples, labels.len());

        let mut confused: Vec<(f64, u64, [u32; 2])> = counts
            .iter()
            .filter(|&([a, b], [accepted, _])| a != b && *accepted > 0)
            .map(|(&key, &[accepted, pairs])| (accepted as f64 / pairs as f64, accepted, key))
            .collect();
        confused.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
        confused.truncate(5);
        let listed: Vec<(f64, u64, [u32; 2])> = found
            .most_confused
            .iter()
            .map(|pair| (pair.accepted_share, pair.accepted, pair.labels))
            .collect();
        prop_assert_eq!(listed, confused);
    }
}

#[test]
fn a_threshold_is_a_distance() {
    let embeddings = Embeddings::new(vec![0.0, 1.0], 1, vec![0, 1]).expect("valid");
    for threshold in [-1.0, f64::NAN] {
        let error = evaluate_class_verification(&embeddings, threshold, 10, &()).expect_err("none");
        assert!(matches!(
            error,
            EvalError::Setting {
                name: "threshold",
                ..
            }
        ));
    }
}
