//! Mutual information against scikit-learn's, and k-means on sets of known clusters.

use crate::samples::in_threads;
use pets_eval::{
    ClusteringConfig, Embeddings, EvalError, adjusted_mutual_information, evaluate_clustering,
    normalized_mutual_information,
};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

/// Two labelings with the values of scikit-learn 1.9.1, arithmetic average.
#[derive(Deserialize)]
struct Case {
    a: Vec<u32>,
    b: Vec<u32>,
    nmi: f64,
    ami: f64,
}

#[test]
fn mutual_information_equals_scikit_learn() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../golden/mutual_information.json"))
        .expect("a list of cases");
    assert_eq!(cases.len(), 14);
    for Case { a, b, nmi, ami } in cases {
        let found = normalized_mutual_information(&a, &b).expect("labels");
        assert!(
            (found - nmi).abs() < 1e-9,
            "NMI is {found}, not {nmi}: {a:?} {b:?}"
        );
        let found = adjusted_mutual_information(&a, &b).expect("labels");
        assert!(
            (found - ami).abs() < 1e-9,
            "AMI is {found}, not {ami}: {a:?} {b:?}"
        );
    }
    let uneven = normalized_mutual_information(&[0, 1], &[0]);
    assert!(matches!(
        uneven,
        Err(EvalError::LabelCount { rows: 2, labels: 1 })
    ));
    assert_eq!(adjusted_mutual_information(&[], &[]), Err(EvalError::Empty));
}

proptest! {
    #[test]
    fn mutual_information_knows_no_order_and_no_names(
        labels in prop::collection::vec((0u32..6, 0u32..6), 1..60),
    ) {
        let (a, b): (Vec<u32>, Vec<u32>) = labels.into_iter().unzip();
        let renamed: Vec<u32> = b.iter().map(|label| 100 - label).collect();
        for measure in [normalized_mutual_information, adjusted_mutual_information] {
            let value = measure(&a, &b).expect("labels");
            prop_assert!(value <= 1.0 + 1e-9);
            prop_assert!((measure(&b, &a).expect("labels") - value).abs() < 1e-9);
            prop_assert!((measure(&a, &renamed).expect("labels") - value).abs() < 1e-9);
            prop_assert!((measure(&a, &a).expect("labels") - 1.0).abs() < 1e-9);
        }
    }
}

/// Rows around centres on the axes, two apart.
fn blobs(rows: usize, classes: usize, noise: f32) -> Embeddings {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let data = (0..rows * classes)
        .map(|at| {
            let centre = if at / classes % classes == at % classes {
                2.0_f32.sqrt()
            } else {
                0.0
            };
            centre + noise * rng.random_range(-1.0..1.0)
        })
        .collect();
    let labels = (0..rows).map(|row| (row % classes) as u32).collect();
    Embeddings::new(data, classes, labels).expect("whole rows")
}

#[test]
fn k_means_finds_separate_clusters() {
    let found = evaluate_clustering(&blobs(120, 6, 0.2), ClusteringConfig::default(), &());
    let found = found.expect("valid");
    assert!((found.nmi.expect("defined") - 1.0).abs() < 1e-12);
    assert!((found.ami.expect("defined") - 1.0).abs() < 1e-12);
    assert!(found.converged && found.clusters == 6);
    // Variance of the noise: 0.2²/3 in each of 6 dimensions.
    assert!((found.inertia / 120.0 - 0.08).abs() < 0.01);

    let mixed = evaluate_clustering(&blobs(120, 6, 4.0), ClusteringConfig::default(), &());
    assert!(mixed.expect("valid").ami.expect("defined") < 0.5);
}

#[test]
fn more_restarts_are_never_worse_and_threads_change_nothing() {
    let embeddings = blobs(90, 9, 1.2);
    let run = |restarts| {
        let config = ClusteringConfig {
            restarts,
            ..ClusteringConfig::default()
        };
        evaluate_clustering(&embeddings, config, &()).expect("valid")
    };
    assert_eq!(in_threads(1, || run(3)), in_threads(3, || run(3)));
    assert!(run(8).inertia <= run(1).inertia);
}

#[test]
fn degenerate_sets_are_clustered() {
    let cluster = |data: Vec<f32>, labels: Vec<u32>| {
        let embeddings = Embeddings::new(data, 1, labels).expect("valid");
        evaluate_clustering(&embeddings, ClusteringConfig::default(), &()).expect("valid")
    };
    let one_class = cluster(vec![0.0, 1.0], vec![4, 4]);
    assert_eq!((one_class.nmi, one_class.ami), (None, None));
    assert!(one_class.undefined.is_some());
    let single = cluster(vec![1.0], vec![0]);
    assert!(single.undefined.is_some());
    let collapsed = cluster(vec![1.0; 6], vec![0, 1, 2, 0, 1, 2]);
    assert!(collapsed.inertia.abs() < 1e-12 && collapsed.nmi.is_some());
    let distinct = cluster(vec![1.0, 5.0, 9.0], vec![0, 1, 2]);
    assert!((distinct.nmi.expect("defined") - 1.0).abs() < 1e-12);

    let embeddings = blobs(6, 2, 0.1);
    let config = ClusteringConfig {
        restarts: 0,
        ..ClusteringConfig::default()
    };
    let error = evaluate_clustering(&embeddings, config, &()).expect_err("no restart");
    assert!(error.to_string().starts_with("restarts = 0"));
}
