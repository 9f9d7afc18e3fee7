//! Random batches against the losses' formulas, alone and with a memory.

use burn::tensor::Tensor;
use pets_losses::{
    ArcFaceConfig, CircleConfig, ContrastiveConfig, CosFaceConfig, Distance, EmbeddingLoss,
    LiftedStructureConfig, LossConfig, Mining, MultiSimilarityConfig, NormalizedSoftmaxConfig,
    ProxyAnchorConfig, Reducer, SupConConfig, TripletConfig,
};
use proptest::prelude::*;

use crate::evaluation::{
    Batch, assert_close, assert_close_within, device, evaluate_with, label_tensor, matrix,
    with_prototypes,
};
use crate::formulas::Samples;

const CLASSES: usize = 4;

/// Rows of a length at which float32 tells their directions.
fn rows(count: usize, dim: usize) -> impl Strategy<Value = Vec<Vec<f32>>> {
    let row = prop::collection::vec(-1.0_f32..1.0, dim).prop_filter("long enough", |row| {
        row.iter().map(|x| x * x).sum::<f32>() > 0.1
    });
    prop::collection::vec(row, count)
}

/// A batch, the samples remembered from before it, and two prototypes of each class.
#[derive(Debug, Clone)]
struct Case {
    batch: Batch,
    remembered: Batch,
    prototypes: Vec<Vec<f32>>,
}

fn cases() -> impl Strategy<Value = Case> {
    (1_usize..=10, 0_usize..=6, 3_usize..=16).prop_flat_map(|(batch, remembered, dim)| {
        let labels = |count| prop::collection::vec(0..CLASSES as i64, count);
        (
            rows(batch, dim),
            labels(batch),
            rows(remembered, dim),
            labels(remembered),
            rows(2 * CLASSES, dim),
        )
            .prop_map(
                |(embeddings, labels, older, older_labels, prototypes)| Case {
                    batch: Batch { embeddings, labels },
                    remembered: Batch {
                        embeddings: older,
                        labels: older_labels,
                    },
                    prototypes,
                },
            )
    })
}

fn reducers() -> impl Strategy<Value = Reducer> {
    prop::sample::select(&Reducer::ALL[..])
}

/// Losses that compare pairs.
fn pair_losses() -> impl Strategy<Value = LossConfig> {
    let distances = || prop::sample::select(&Distance::ALL[..]);
    prop_oneof![
        (distances(), reducers()).prop_map(|(distance, reducer)| {
            LossConfig::Triplet(TripletConfig {
                soft_margin: true,
                mining: Mining::BatchAll,
                distance,
                reducer,
                ..TripletConfig::default()
            })
        }),
        (0.0..2.0_f64, distances(), reducers()).prop_map(|(margin, distance, reducer)| {
            LossConfig::Contrastive(ContrastiveConfig {
                margin,
                squared: true,
                distance,
                reducer,
            })
        }),
        (
            1.0..4.0_f64,
            10.0..60.0_f64,
            0.3..1.0_f64,
            0.0..0.5_f64,
            reducers()
        )
            .prop_map(|(alpha, beta, lambda, epsilon, reducer)| {
                LossConfig::MultiSimilarity(MultiSimilarityConfig {
                    alpha,
                    beta,
                    lambda,
                    epsilon,
                    reducer,
                })
            }),
        (0.05..1.0_f64, reducers()).prop_map(|(temperature, reducer)| {
            LossConfig::SupCon(SupConConfig {
                temperature,
                reducer,
            })
        }),
        (0.0..0.6_f64, 1.0..80.0_f64, reducers()).prop_map(|(margin, gamma, reducer)| {
            LossConfig::Circle(CircleConfig {
                margin,
                gamma,
                reducer,
            })
        }),
        (0.0..2.0_f64, distances(), reducers()).prop_map(|(margin, distance, reducer)| {
            LossConfig::LiftedStructure(LiftedStructureConfig {
                margin,
                distance,
                reducer,
            })
        }),
    ]
}

/// Losses that have prototypes.
fn prototype_losses() -> impl Strategy<Value = LossConfig> {
    prop_oneof![
        (1.0..64.0_f64, 0.0..0.4_f64, 1_usize..=2).prop_map(
            |(scale, angular_margin, sub_centers)| {
                LossConfig::ArcFace(ArcFaceConfig {
                    scale,
                    angular_margin,
                    sub_centers,
                })
            }
        ),
        (1.0..64.0_f64, 0.0..1.0_f64)
            .prop_map(|(scale, margin)| LossConfig::CosFace(CosFaceConfig { scale, margin })),
        (0.02..1.0_f64).prop_map(|temperature| {
            LossConfig::NormalizedSoftmax(NormalizedSoftmaxConfig { temperature })
        }),
        (1.0..40.0_f64, 0.0..0.5_f64).prop_map(|(alpha, margin)| LossConfig::ProxyAnchor(
            ProxyAnchorConfig { alpha, margin }
        )),
    ]
}

fn widen(rows: &[Vec<f32>]) -> Vec<Vec<f64>> {
    let widen = |row: &Vec<f32>| row.iter().copied().map(f64::from).collect();
    rows.iter().map(widen).collect()
}

/// Fails unless both agree to 1e-4 of the largest expected number, or 1e-5: where large terms cancel, float32 keeps
/// the digits of the terms, not of what is left, and the terms of the steepest losses here are near 100.
fn assert_gradient(what: &str, actual: &[f64], expected: &[f64]) {
    let largest = expected
        .iter()
        .fold(0.0_f64, |largest, x| largest.max(x.abs()));
    assert_close_within(what, actual, expected, (1e-4 * largest).max(1e-5));
}

fn check(config: &LossConfig, case: &Case, prototypes: &[Vec<f32>]) -> Result<(), TestCaseError> {
    let Case {
        batch, remembered, ..
    } = case;
    let samples = Samples {
        rows: widen(&[&batch.embeddings[..], &remembered.embeddings].concat()),
        labels: [&batch.labels[..], &remembered.labels].concat(),
        anchors: batch.labels.len(),
        prototypes: widen(prototypes),
    };
    if let LossConfig::MultiSimilarity(config) = config {
        prop_assume!(!samples.is_ambiguous(config));
    }
    let dim = batch.embeddings[0].len();
    let loss = config.init(dim, CLASSES, &device()).expect("in range");
    let loss = with_prototypes(loss, prototypes);
    let memory = (!remembered.labels.is_empty()).then(|| {
        let mut memory = loss.new_memory(100).expect("a loss of pairs");
        let embeddings: Tensor<2> = matrix(&remembered.embeddings);
        memory.remember(embeddings, label_tensor(&remembered.labels));
        memory
    });

    let actual = evaluate_with(&loss, batch, memory.as_ref());
    let gradient = samples.gradient(config);
    let (of_batch, rest) = gradient.split_at(batch.labels.len() * dim);
    let of_prototypes = &rest[remembered.labels.len() * dim..];
    assert_close("value", &[actual.value], &[samples.loss(config, &samples)]);
    assert_gradient("gradient", &actual.gradient, of_batch);
    if let Some(actual) = actual.weight_gradient {
        assert_gradient("gradient of the prototypes", &actual, of_prototypes);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn losses_of_pairs_agree(config in pair_losses(), case in cases()) {
        check(&config, &case, &[])?;
    }

    #[test]
    fn losses_with_prototypes_agree(config in prototype_losses(), mut case in cases()) {
        case.remembered.labels.clear();
        case.remembered.embeddings.clear();
        let per_class = match &config {
            LossConfig::ArcFace(config) => config.sub_centers,
            _ => 1,
        };
        let prototypes = case.prototypes[..per_class * CLASSES].to_vec();
        check(&config, &case, &prototypes)?;
    }
}
