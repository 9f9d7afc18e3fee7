//! Batches that break careless losses: one class, all classes distinct, one sample, none, zeros, copies.

use burn::tensor::{Int, Tensor};
use pets_losses::{
    ArcFaceConfig, CircleConfig, ContrastiveConfig, CosFaceConfig, Distance, EmbeddingLoss,
    LiftedStructureConfig, LossConfig, LossKind, Mining, MultiSimilarityConfig,
    NormalizedSoftmaxConfig, ProxyAnchorConfig, Reducer, SupConConfig, TripletConfig,
};
use proptest::prelude::*;

use crate::evaluation::{Batch, Evaluated, device, evaluate, evaluate_with, label_tensor, matrix};
use crate::mined_batches::batches;

const CLASSES: usize = 32;

/// Every loss, at a margin.
fn losses(margin: f64) -> Vec<LossConfig> {
    let cosine_margin = margin.min(2.0);
    let mut configs = vec![
        LossConfig::MultiSimilarity(MultiSimilarityConfig {
            lambda: margin.min(1.0),
            epsilon: margin,
            ..MultiSimilarityConfig::default()
        }),
        LossConfig::SupCon(SupConConfig::default()),
        LossConfig::Circle(CircleConfig {
            margin: cosine_margin,
            gamma: 256.0,
            ..CircleConfig::default()
        }),
        LossConfig::CosFace(CosFaceConfig {
            margin: cosine_margin,
            ..CosFaceConfig::default()
        }),
        LossConfig::NormalizedSoftmax(NormalizedSoftmaxConfig::default()),
        LossConfig::ProxyAnchor(ProxyAnchorConfig {
            margin: cosine_margin,
            ..ProxyAnchorConfig::default()
        }),
    ];
    // The steepest there are.
    configs.extend([
        LossConfig::SupCon(SupConConfig {
            temperature: 1e-4,
            ..SupConConfig::default()
        }),
        LossConfig::Circle(CircleConfig {
            margin: cosine_margin,
            gamma: 1e4,
            ..CircleConfig::default()
        }),
        LossConfig::MultiSimilarity(MultiSimilarityConfig {
            alpha: 1e4,
            beta: 1e4,
            ..MultiSimilarityConfig::default()
        }),
        LossConfig::NormalizedSoftmax(NormalizedSoftmaxConfig { temperature: 1e-4 }),
        LossConfig::ProxyAnchor(ProxyAnchorConfig {
            alpha: 1e4,
            margin: cosine_margin,
        }),
    ]);
    for sub_centers in [1, 3] {
        configs.push(LossConfig::ArcFace(ArcFaceConfig {
            scale: 64.0,
            angular_margin: margin.min(3.0),
            sub_centers,
        }));
    }
    for distance in Distance::ALL {
        for reducer in Reducer::ALL {
            configs.push(LossConfig::LiftedStructure(LiftedStructureConfig {
                margin,
                distance,
                reducer,
            }));
            configs.extend([false, true].map(|squared| {
                LossConfig::Contrastive(ContrastiveConfig {
                    margin,
                    squared,
                    distance,
                    reducer,
                })
            }));
        }
        for mining in Mining::ALL {
            configs.extend([false, true].map(|soft_margin| {
                LossConfig::Triplet(TripletConfig {
                    margin,
                    soft_margin,
                    mining,
                    distance,
                    ..TripletConfig::default()
                })
            }));
        }
    }
    configs
}

fn run(config: &LossConfig, batch: &Batch) -> Evaluated {
    let dim = batch.embeddings.first().map_or(4, Vec::len);
    let loss = config
        .init(dim, CLASSES, &device())
        .expect("the margin is in range");
    evaluate(&loss, batch)
}

/// The loss of pairs with a memory that holds the batch itself: every sample then has its copy as a positive.
fn run_with_memory(config: &LossConfig, batch: &Batch) -> Evaluated {
    let loss = config
        .init(1, 1, &device())
        .expect("the margin is in range");
    let mut memory = loss.new_memory(100).expect("a loss of pairs");
    memory.remember(matrix(&batch.embeddings), label_tensor(&batch.labels));
    evaluate_with(&loss, batch, Some(&memory))
}

fn assert_finite(config: &LossConfig, evaluated: &Evaluated) {
    assert!(evaluated.value.is_finite(), "{config:?}: {evaluated:?}");
    let gradients = evaluated
        .gradient
        .iter()
        .chain(evaluated.weight_gradient.iter().flatten());
    assert!(
        gradients.into_iter().all(|g| g.is_finite()),
        "{config:?}: {evaluated:?}"
    );
}

fn assert_nothing_learned(config: &LossConfig, evaluated: &Evaluated) {
    assert!(
        evaluated.value.abs() < f64::EPSILON,
        "{config:?}: {evaluated:?}"
    );
    assert!(
        evaluated.gradient.iter().all(|g| g.abs() < f64::EPSILON),
        "{config:?}: {evaluated:?}"
    );
}

/// A change that makes a random batch an odd one.
#[derive(Debug, Clone, Copy)]
enum Oddity {
    OneClass,
    AllDistinct,
    AllZero,
    SomeZero,
    AllEqual,
    OneSample,
    Huge,
    Tiny,
}

fn make_odd(mut batch: Batch, oddity: Oddity) -> Batch {
    match oddity {
        Oddity::OneClass => batch.labels.fill(0),
        Oddity::AllDistinct => batch.labels = (0..batch.labels.len() as i64).collect(),
        Oddity::AllZero => batch.embeddings.iter_mut().for_each(|row| row.fill(0.0)),
        Oddity::SomeZero => batch
            .embeddings
            .iter_mut()
            .step_by(2)
            .for_each(|row| row.fill(0.0)),
        Oddity::AllEqual => {
            let first = batch.embeddings[0].clone();
            batch.embeddings.fill(first);
        }
        Oddity::OneSample => {
            batch.embeddings.truncate(1);
            batch.labels.truncate(1);
        }
        // The largest numbers of 16-bit floats, in which features may be stored.
        Oddity::Huge => scale(&mut batch, 2.0 * 65504.0),
        // Below the length at which a row has a direction, and just above.
        Oddity::Tiny => scale(&mut batch, 4e-6),
    }
    batch
}

fn scale(batch: &mut Batch, factor: f32) {
    batch
        .embeddings
        .iter_mut()
        .flatten()
        .for_each(|number| *number *= factor);
}

fn oddities() -> impl Strategy<Value = Oddity> {
    prop::sample::select(vec![
        Oddity::OneClass,
        Oddity::AllDistinct,
        Oddity::AllZero,
        Oddity::SomeZero,
        Oddity::AllEqual,
        Oddity::OneSample,
        Oddity::Huge,
        Oddity::Tiny,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn values_and_gradients_are_finite(
        batch in batches(),
        oddity in oddities(),
        margin in 0.0..4.0_f64,
    ) {
        let batch = make_odd(batch, oddity);
        for config in losses(margin) {
            assert_finite(&config, &run(&config, &batch));
            if !config.kind().has_prototypes() {
                assert_finite(&config, &run_with_memory(&config, &batch));
            }
        }
    }

    #[test]
    fn without_triplets_losses_of_triplets_are_zero(batch in batches(), margin in 0.0..4.0_f64) {
        for oddity in [Oddity::AllDistinct, Oddity::OneClass, Oddity::OneSample] {
            let batch = make_odd(batch.clone(), oddity);
            for config in losses(margin) {
                if matches!(
                    config.kind(),
                    LossKind::Triplet | LossKind::Circle | LossKind::LiftedStructure
                ) {
                    let evaluated = run(&config, &batch);
                    assert_nothing_learned(&config, &evaluated);
                    assert_eq!(evaluated.diagnostics.active_share, None);
                }
            }
        }
    }
}

#[test]
fn an_empty_batch_has_loss_zero() {
    let embeddings = Tensor::<2>::zeros([0, 4], &device()).require_grad();
    let labels = Tensor::<1, Int>::zeros([0], &device());
    for config in losses(0.3) {
        let loss = config
            .init(4, CLASSES, &device())
            .expect("the margin is in range");
        let value = loss.forward(embeddings.clone(), labels.clone()).value;
        assert!(
            value.into_scalar::<f64>().abs() < f64::EPSILON,
            "{config:?}"
        );
    }
}

#[test]
fn embeddings_that_are_nan_give_nan() {
    let batch = Batch {
        embeddings: vec![vec![f32::NAN, 0.0], vec![0.0, 1.0], vec![1.0, 0.0]],
        labels: vec![0, 0, 1],
    };
    for config in losses(0.3) {
        assert!(run(&config, &batch).value.is_nan(), "{config:?}");
    }
}

#[test]
#[should_panic(expected = "1 labels for 2 embeddings")]
fn a_label_is_needed_for_each_embedding() {
    let batch = Batch {
        embeddings: vec![vec![1.0], vec![2.0]],
        labels: vec![0],
    };
    run(&LossConfig::new(LossKind::Contrastive), &batch);
}
