//! Bootstrap intervals and comparisons: against resampling by definition, and on sets whose spread is known.

#![allow(clippy::float_cmp, reason = "exact values are meant")]

use crate::reference;
use crate::samples::{clustered_at, in_threads};
use pets_eval::{
    AucComparison, AucInterval, BootstrapConfig, Embeddings, EvalError, Verification,
    VerificationPairs, bootstrap_auc, bootstrap_retrieval, compare_auc, compare_retrieval,
    evaluate_retrieval, evaluate_verification,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const CONFIG: BootstrapConfig = BootstrapConfig {
    resamples: 400,
    seed: 1,
};

fn verification(embeddings: &Embeddings) -> Verification {
    evaluate_verification(embeddings, VerificationPairs::All, &()).expect("few pairs")
}

fn interval_of_area(
    embeddings: &Embeddings,
    config: BootstrapConfig,
) -> Result<AucInterval, EvalError> {
    bootstrap_auc(embeddings, &verification(embeddings), config, &())
}

fn difference_of_area(
    a: &Embeddings,
    b: &Embeddings,
    config: BootstrapConfig,
) -> Result<AucComparison, EvalError> {
    compare_auc((a, &verification(a)), (b, &verification(b)), config, &())
}

/// Random rows of six values around a centre per class; the centres are the same for every seed.
fn clustered(rows: usize, classes: usize, noise: f32, seed: u64) -> Embeddings {
    clustered_at(99, rows, classes, 6, noise, seed)
}

fn auc(embeddings: &Embeddings) -> f64 {
    verification(embeddings).roc_auc.expect("defined")
}

/// Low and high end of the area's interval, by copying the samples of each resample and leaving out pairs of copies.
fn area_interval_by_definition(embeddings: &Embeddings, config: BootstrapConfig) -> [f64; 2] {
    let samples = embeddings.len();
    let mut areas: Vec<f64> = (0..config.resamples)
        .map(|number| {
            let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
            rng.set_stream(number as u64);
            let drawn: Vec<usize> = (0..samples).map(|_| rng.random_range(0..samples)).collect();
            let mut pairs = Vec::new();
            for (place, &a) in drawn.iter().enumerate() {
                for &b in drawn[place + 1..].iter().filter(|&&b| b != a) {
                    let positive = embeddings.labels()[a] == embeddings.labels()[b];
                    pairs.push((reference::distance(embeddings, a, b), positive));
                }
            }
            reference::auc(&pairs)
        })
        .collect();
    areas.sort_by(f64::total_cmp);
    [0.025, 0.975].map(|share| {
        let place = share * (areas.len() - 1) as f64;
        let (below, above) = (areas[place as usize], areas[place as usize + 1]);
        below + (above - below) * place.fract()
    })
}

#[test]
fn the_interval_of_the_area_equals_resampling_by_definition() {
    let embeddings = clustered(30, 4, 1.1, 5);
    let config = BootstrapConfig {
        resamples: 60,
        seed: 3,
    };
    let found = interval_of_area(&embeddings, config)
        .expect("valid")
        .roc_auc;
    let found = found.expect("defined");
    let [low, high] = area_interval_by_definition(&embeddings, config);
    assert!((found.low - low).abs() < 1e-3, "{} is not {low}", found.low);
    assert!(
        (found.high - high).abs() < 1e-3,
        "{} is not {high}",
        found.high
    );
    assert!(high - low > 0.05);
}

#[test]
fn the_interval_of_the_area_covers_what_other_samples_give() {
    let interval = interval_of_area(&clustered(150, 5, 1.2, 0), CONFIG).expect("valid");
    let interval = interval.roc_auc.expect("defined");
    let others: Vec<f64> = (1..=40)
        .map(|seed| auc(&clustered(150, 5, 1.2, seed)))
        .collect();
    let mean = others.iter().sum::<f64>() / 40.0;
    let variance = others.iter().map(|area| (area - mean).powi(2)).sum::<f64>() / 39.0;
    let width = interval.high - interval.low;
    let expected = 2.0 * 1.96 * variance.sqrt();
    assert!(
        width > 0.6 * expected && width < 1.8 * expected,
        "{width} for {expected}"
    );
}

#[test]
fn intervals_of_retrieval_have_the_width_of_a_binomial() {
    let outcome = evaluate_retrieval(&clustered(400, 8, 1.3, 2), &[1], &()).expect("valid k");
    let recall = outcome.summary.at_k[&1].recall.expect("defined");
    let found = bootstrap_retrieval(&outcome.per_query, CONFIG, &()).expect("valid");
    let interval = found.recall_at_1.expect("defined");
    let expected = 2.0 * 1.96 * (recall * (1.0 - recall) / 400.0).sqrt();
    let width = interval.high - interval.low;
    assert!(
        (width / expected - 1.0).abs() < 0.2,
        "{width} for {expected}"
    );
    assert!(interval.low < recall && recall < interval.high);
    let map = found.map_at_r.expect("defined");
    let mean = outcome.summary.map_at_r.expect("defined");
    assert!(map.low < mean && mean < map.high);
}

#[test]
fn thread_count_changes_nothing_and_a_seed_does() {
    let (a, b) = (clustered(90, 6, 1.0, 3), clustered(90, 6, 1.2, 4));
    let all = |seed| {
        let config = BootstrapConfig {
            resamples: 50,
            seed,
        };
        let [of_a, of_b] = [&a, &b].map(|set| evaluate_retrieval(set, &[1], &()).expect("valid k"));
        (
            interval_of_area(&a, config).expect("valid"),
            difference_of_area(&a, &b, config).expect("same labels"),
            bootstrap_retrieval(&of_a.per_query, config, &()).expect("valid"),
            compare_retrieval(&of_a.per_query, &of_b.per_query, config, &()).expect("same queries"),
        )
    };
    let one = in_threads(1, || all(1));
    assert_eq!(one, in_threads(5, || all(1)));
    let other = all(2);
    assert_ne!(one.0.roc_auc, other.0.roc_auc);
    assert_ne!(one.2.map_at_r, other.2.map_at_r);
}

#[test]
fn a_comparison_is_paired_and_antisymmetric() {
    let (good, bad) = (clustered(120, 6, 0.9, 3), clustered(120, 6, 1.4, 3));
    let [of_good, of_bad] =
        [&good, &bad].map(|set| evaluate_retrieval(set, &[1], &()).expect("valid k"));
    let found =
        compare_retrieval(&of_good.per_query, &of_bad.per_query, CONFIG, &()).expect("same");
    let map = found.map_at_r.expect("defined");
    assert_eq!(
        (Some(map.a), Some(map.b)),
        (of_good.summary.map_at_r, of_bad.summary.map_at_r)
    );
    assert!(map.difference == map.a - map.b && map.difference > 0.0);
    assert!(map.interval.low > 0.0 && map.share_a_better == 1.0);
    let turned =
        compare_retrieval(&of_bad.per_query, &of_good.per_query, CONFIG, &()).expect("same");
    let turned = turned.map_at_r.expect("defined");
    assert_eq!(turned.difference, -map.difference);
    assert!((turned.interval.low + map.interval.high).abs() < 1e-12);
    assert_eq!(turned.share_a_better, 0.0);

    let area = difference_of_area(&good, &bad, CONFIG)
        .expect("same labels")
        .roc_auc
        .expect("defined");
    assert_eq!((area.a, area.b), (auc(&good), auc(&bad)));
    assert!(area.interval.low > 0.0 && area.share_a_better == 1.0);
    let same = difference_of_area(&good, &good, CONFIG)
        .expect("same labels")
        .roc_auc
        .expect("defined");
    assert_eq!(
        (same.difference, same.interval.low, same.interval.high),
        (0.0, 0.0, 0.0)
    );
}

#[test]
fn what_cannot_be_resampled_is_undefined_or_an_error() {
    let distinct = Embeddings::new(vec![0.0, 1.0], 1, vec![0, 1]).expect("valid");
    let outcome = evaluate_retrieval(&distinct, &[1], &()).expect("valid k");
    let found = bootstrap_retrieval(&outcome.per_query, CONFIG, &()).expect("valid");
    assert!(found.recall_at_1.is_none() && found.undefined.is_some());
    let found = compare_retrieval(&[], &[], CONFIG, &()).expect("same queries");
    assert!(found.map_at_r.is_none() && found.undefined.is_some());
    let found = interval_of_area(&distinct, CONFIG).expect("valid");
    assert!(found.roc_auc.is_none() && found.undefined.is_some());
    // Some resamples draw one of the three samples or one class only.
    let small = Embeddings::new(vec![0.0, 0.1, 1.0], 1, vec![0, 0, 1]).expect("valid");
    let found = interval_of_area(&small, CONFIG).expect("valid");
    assert!(found.roc_auc.is_some() && found.resamples_left_out > 200);

    let outcome = evaluate_retrieval(&clustered(20, 2, 1.0, 0), &[1], &()).expect("valid k");
    let different = compare_retrieval(&outcome.per_query, &outcome.per_query[1..], CONFIG, &());
    assert_eq!(different, Err(EvalError::DifferentSamples));
    assert_eq!(
        difference_of_area(&small, &distinct, CONFIG),
        Err(EvalError::DifferentSamples)
    );
    for resamples in [1, 10_001] {
        let config = BootstrapConfig { resamples, seed: 0 };
        let error = bootstrap_retrieval(&outcome.per_query, config, &()).expect_err("out of range");
        assert!(matches!(
            error,
            EvalError::Setting {
                name: "resamples",
                ..
            }
        ));
    }
}
