//! Behaviour of the evaluations on sets of known quality, and of their results as JSON.

#![allow(clippy::float_cmp, reason = "exact values are meant")]

use crate::reference;
use crate::samples::{clustered, in_threads};
use pets_eval::{
    Embeddings, EvalError, FewShotConfig, Retrieval, Verification, VerificationPairs,
    evaluate_few_shot, evaluate_retrieval, evaluate_verification, nearest, search,
};

fn verify(embeddings: &Embeddings) -> Verification {
    evaluate_verification(embeddings, VerificationPairs::All, &()).expect("all pairs")
}

fn retrieve(embeddings: &Embeddings) -> Retrieval {
    evaluate_retrieval(embeddings, &[1, 5], &())
        .expect("valid k")
        .summary
}

#[test]
fn a_perfect_embedding_scores_one() {
    let embeddings = clustered(60, 6, 8, 0.0, 1);
    let verification = verify(&embeddings);
    assert_eq!(verification.roc_auc, Some(1.0));
    assert_eq!(verification.eer, Some(0.0));
    assert!(
        verification
            .true_accept_rate
            .iter()
            .all(|point| point.true_accept_rate == 1.0)
    );
    let retrieval = retrieve(&embeddings);
    assert_eq!(retrieval.at_k[&1].recall, Some(1.0));
    assert_eq!(retrieval.map_at_r, Some(1.0));
    assert_eq!(retrieval.mrr, Some(1.0));
    let few_shot = evaluate_few_shot(&embeddings, FewShotConfig::default(), &()).expect("enough");
    assert_eq!(few_shot.nearest_class_mean.mean, 1.0);
    assert_eq!(few_shot.nearest_neighbor.mean, 1.0);
    assert_eq!(few_shot.nearest_neighbor.confidence_95, Some(0.0));
}

#[test]
fn a_collapsed_embedding_is_chance() {
    let embeddings = Embeddings::new(vec![0.0; 20], 1, (0..20).map(|row| row % 4).collect())
        .expect("finite, whole rows");
    let verification = verify(&embeddings);
    assert_eq!(verification.roc_auc, Some(0.5));
    assert_eq!(verification.eer, Some(0.5));
    assert_eq!(verification.true_accept_rate[0].true_accept_rate, 0.0);
    assert_eq!(verification.true_accept_rate[0].threshold, None);
}

#[test]
fn undefined_metrics_say_why() {
    let distinct = Embeddings::new(vec![0.0, 1.0, 2.0], 1, vec![0, 1, 2]).expect("valid");
    let one_class = Embeddings::new(vec![0.0, 1.0, 2.0], 1, vec![5; 3]).expect("valid");
    let single = Embeddings::new(vec![1.0], 1, vec![0]).expect("valid");
    let reason = |embeddings| verify(embeddings).undefined.expect("undefined");
    assert!(reason(&distinct).contains("no positive pair"));
    assert!(reason(&one_class).contains("no negative pair"));
    assert!(reason(&single).contains("only one sample"));
    for embeddings in [&distinct, &single] {
        let retrieval = retrieve(embeddings);
        assert_eq!((retrieval.queries, retrieval.mrr), (0, None));
        assert_eq!(retrieval.queries_left_out, embeddings.len());
        assert!(retrieval.undefined.is_some());
    }
    assert_eq!(retrieve(&one_class).map_at_r, Some(1.0));
}

#[test]
fn thread_count_changes_nothing() {
    let embeddings = clustered(157, 9, 6, 0.8, 2);
    let all = || {
        let few_shot = FewShotConfig {
            k_shot: 3,
            ..FewShotConfig::default()
        };
        let sampled = VerificationPairs::Sampled {
            pairs: 9000,
            seed: 3,
        };
        (
            verify(&embeddings),
            evaluate_verification(&embeddings, sampled, &()),
            evaluate_retrieval(&embeddings, &[1, 5], &()),
            evaluate_few_shot(&embeddings, few_shot, &()),
        )
    };
    let one = in_threads(1, all);
    assert_eq!(one, in_threads(2, all));
    assert_eq!(one, in_threads(7, all));
}

#[test]
fn thinned_roc_stays_at_the_curve() {
    // Two classes: as many positive as negative pairs, some 30,000 steps each.
    let embeddings = clustered(350, 2, 4, 2.0, 4);
    let found = verify(&embeddings);
    let deviation = found.roc_max_deviation.expect("defined");
    assert!(found.roc.len() <= 2000 && found.roc.len() > 100);
    let ends = [found.roc[0], found.roc[found.roc.len() - 1]];
    assert_eq!(
        ends.map(|point| [point.false_accept_rate, point.true_accept_rate]),
        [[0.0, 0.0], [1.0, 1.0]]
    );
    let kept: Vec<[f64; 2]> = found
        .roc
        .iter()
        .map(|point| [point.false_accept_rate, point.true_accept_rate])
        .collect();
    let farthest = reference::roc(&reference::pairs(&embeddings))
        .into_iter()
        .map(|point| {
            kept.windows(2)
                .map(|ends| distance_to_segment(point, ends[0], ends[1]))
                .fold(f64::INFINITY, f64::min)
        })
        .fold(0.0, f64::max);
    assert!(
        farthest <= deviation + 1e-12,
        "a point is {farthest} off, said to be {deviation}"
    );
    assert!(deviation <= 1e-4 || found.roc.len() == 2000);
}

fn distance_to_segment(point: [f64; 2], start: [f64; 2], end: [f64; 2]) -> f64 {
    let (dx, dy) = (end[0] - start[0], end[1] - start[1]);
    let along = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / (dx * dx + dy * dy);
    let along = along.clamp(0.0, 1.0);
    (point[0] - start[0] - along * dx).hypot(point[1] - start[1] - along * dy)
}

#[test]
fn sampled_verification_comes_near_and_states_its_size() {
    let embeddings = clustered(200, 10, 6, 0.9, 5);
    let all = verify(&embeddings);
    let sampled = |pairs, seed| {
        evaluate_verification(&embeddings, VerificationPairs::Sampled { pairs, seed }, &())
    };
    let found = sampled(3000, 1).expect("enough pairs");
    assert_eq!((found.pairs, found.positive_pairs), (3000, 1500));
    let sample = found.sample.expect("sampled");
    assert_eq!(
        (sample.seed, sample.all_pairs, sample.all_positive_pairs),
        (1, all.pairs, all.positive_pairs)
    );
    // Standard error of the area is about 0.01 at this size.
    let gap = found.roc_auc.expect("defined") - all.roc_auc.expect("defined");
    assert!(gap.abs() < 0.05, "off by {gap}");
    assert_eq!(Ok(found), sampled(3000, 1));
    assert_ne!(sampled(3000, 1), sampled(3000, 2));
    assert_eq!(Ok(all), sampled(1_000_000, 1));
    for pairs in [1, 20_000_001] {
        let error = sampled(pairs, 1).expect_err("out of range");
        assert!(matches!(error, EvalError::Setting { name: "pairs", .. }));
    }
}

#[test]
fn too_many_positive_pairs_are_refused_before_they_take_memory() {
    let labels: Vec<u32> = (0..20_003).map(|row| row / 20_002).collect();
    let embeddings = Embeddings::new(vec![0.5; 20_003], 1, labels).expect("valid");
    let error =
        evaluate_verification(&embeddings, VerificationPairs::All, &()).expect_err("too many");
    assert!(matches!(
        error,
        EvalError::TooManyPositivePairs {
            pairs: 200_030_001,
            ..
        }
    ));
    assert!(error.to_string().contains("judge a sample"));
}

#[test]
fn few_shot_repeats_for_a_seed_and_checks_its_settings() {
    let embeddings = clustered(66, 6, 8, 1.2, 6);
    let config = FewShotConfig::default();
    let few_shot = |config| evaluate_few_shot(&embeddings, config, &());
    let found = few_shot(config).expect("enough");
    assert_eq!(Ok(&found), few_shot(config).as_ref());
    assert_ne!(
        Ok(&found),
        few_shot(FewShotConfig { seed: 7, ..config }).as_ref()
    );
    // 11 samples per class, 5 of them support.
    assert_eq!(found.queries, 100 * 5 * 6);
    let accuracy = found.nearest_class_mean;
    assert!(accuracy.mean > 0.3 && accuracy.mean < 1.0);
    let half_width = 1.96 * accuracy.std.expect("many tasks") / 10.0;
    assert!((accuracy.confidence_95.expect("many tasks") - half_width).abs() < 1e-12);

    let single = few_shot(FewShotConfig {
        num_tasks: 1,
        ..config
    });
    assert_eq!(single.expect("enough").nearest_neighbor.std, None);
    assert_eq!(
        few_shot(FewShotConfig { n_way: 7, ..config }),
        Err(EvalError::TooFewClasses {
            n_way: 7,
            classes: 6
        })
    );
    let too_few = few_shot(FewShotConfig {
        k_shot: 11,
        ..config
    })
    .expect_err("no query is left");
    assert_eq!(
        too_few,
        EvalError::TooFewSamples {
            label: 0,
            samples: 11,
            k_shot: 11
        }
    );
    assert!(too_few.to_string().contains("class 0 has 11 samples"));
    for config in [
        FewShotConfig { n_way: 1, ..config },
        FewShotConfig {
            k_shot: 0,
            ..config
        },
        FewShotConfig {
            num_tasks: 0,
            ..config
        },
        FewShotConfig {
            queries_per_class: 0,
            ..config
        },
    ] {
        assert!(matches!(few_shot(config), Err(EvalError::Setting { .. })));
    }
}

#[test]
fn few_shot_tells_the_two_classifiers_apart() {
    // Class 1 surrounds class 0: its mean lies on class 0's, so only the nearest neighbour can tell them apart.
    let mut data = Vec::new();
    for step in 0..40 {
        let angle = f64::from(step) * std::f64::consts::TAU / 40.0;
        let (sin, cos) = angle.sin_cos();
        data.extend([0.01 * cos as f32, 0.01 * sin as f32, cos as f32, sin as f32]);
    }
    let embeddings = Embeddings::new(data, 2, (0..80).map(|row| row % 2).collect());
    let config = FewShotConfig {
        n_way: 2,
        k_shot: 30,
        ..FewShotConfig::default()
    };
    let found = evaluate_few_shot(&embeddings.expect("valid"), config, &()).expect("enough");
    assert_eq!(found.nearest_neighbor.mean, 1.0);
    assert!(found.nearest_class_mean.mean < 0.95);
}

#[test]
fn settings_out_of_range_are_errors() {
    let embeddings = clustered(10, 2, 3, 0.5, 8);
    for k_values in [&[][..], &[1, 0][..]] {
        let error = evaluate_retrieval(&embeddings, k_values, &()).expect_err("no such k");
        assert!(error.to_string().starts_with("k_values = "));
    }
    assert!(matches!(
        nearest(&embeddings, &[0], 0, &()),
        Err(EvalError::Setting { name: "k", .. })
    ));
    assert_eq!(
        nearest(&embeddings, &[10], 1, &()),
        Err(EvalError::RowOutOfRange {
            index: 10,
            rows: 10
        })
    );
    assert_eq!(
        search(&embeddings, &[0.0; 4], 1, &()),
        Err(EvalError::RaggedRows { values: 4, dim: 3 })
    );
    assert!(matches!(
        search(&embeddings, &[0.0, f32::NAN, 0.0], 1, &()),
        Err(EvalError::NotFinite { column: 1, .. })
    ));
    assert_eq!(search(&embeddings, &[], 1, &()), Ok(Vec::new()));
}

#[test]
fn results_survive_json_with_keys_in_natural_order() {
    let embeddings = clustered(40, 5, 3, 0.7, 9);
    let retrieval = evaluate_retrieval(&embeddings, &[10, 1, 5, 1], &())
        .expect("valid k")
        .summary;
    let json = serde_json::to_string(&retrieval).expect("serialises");
    let at = |key: &str| json.find(key).unwrap_or_else(|| panic!("{key} is missing"));
    assert!(at("\"recall@1\"") < at("\"recall@5\"") && at("\"recall@5\"") < at("\"recall@10\""));
    assert!(at("\"precision@10\"") < at("\"map@r\""));
    let back: Retrieval = serde_json::from_str(&json).expect("parses");
    assert_eq!(back.at_k.keys().copied().collect::<Vec<_>>(), [1, 5, 10]);
    assert_eq!(serde_json::to_string(&back).expect("serialises"), json);

    let json = serde_json::to_string(&verify(&embeddings)).expect("serialises");
    let back: Verification = serde_json::from_str(&json).expect("parses");
    assert_eq!(serde_json::to_string(&back).expect("serialises"), json);

    let distinct = Embeddings::new(vec![0.0, 1.0], 1, vec![0, 1]).expect("valid");
    let value = serde_json::to_value(retrieve(&distinct)).expect("serialises");
    assert!(value["recall@1"].is_null() && value["undefined"].is_string());
    let few_shot = evaluate_few_shot(&embeddings, FewShotConfig::default(), &()).expect("enough");
    let value = serde_json::to_value(&few_shot).expect("serialises");
    assert_eq!(value["n_way"], 5);
    assert_eq!(
        serde_json::from_value::<pets_eval::FewShot>(value).expect("parses"),
        few_shot
    );
}

#[test]
fn where_nothing_is_found_the_share_is_nought_and_not_less() {
    let rows = vec![0.0, 0.1, 10.0, 10.1];
    let embeddings = Embeddings::new(rows, 1, vec![0, 1, 0, 1]).unwrap();
    let found = evaluate_retrieval(&embeddings, &[1], &()).unwrap();
    let map_at_r = found.summary.map_at_r.unwrap();
    assert_eq!(map_at_r.to_bits(), 0.0_f64.to_bits());
    assert!(found.per_query[0].average_precision_at_r.is_sign_positive());
}
