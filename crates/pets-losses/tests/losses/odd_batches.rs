//! Batches that break careless losses: one class, all classes distinct, one sample, none, zeros, copies.

use std::f32::consts::PI;

use burn::tensor::{Int, Tensor};
use pets_losses::{Distance, LossConfig, LossKind, MetricLoss, Mining};
use proptest::prelude::*;

use crate::evaluation::{Batch, Evaluated, assert_close, device, evaluate, with_prototypes};
use crate::mined_batches::batches;

const CLASSES: usize = 32;

/// Every loss, at a margin.
fn losses(margin: f64) -> Vec<LossConfig> {
    let mut configs = vec![
        LossConfig::Contrastive { margin },
        LossConfig::ArcFace {
            scale: 64.0,
            angular_margin: margin.min(3.0),
        },
    ];
    for mining in Mining::ALL {
        for distance in Distance::ALL {
            configs.push(LossConfig::Triplet {
                margin,
                mining,
                distance,
            });
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
    }
    batch
}

fn oddities() -> impl Strategy<Value = Oddity> {
    prop::sample::select(vec![
        Oddity::OneClass,
        Oddity::AllDistinct,
        Oddity::AllZero,
        Oddity::SomeZero,
        Oddity::AllEqual,
        Oddity::OneSample,
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
        }
    }

    #[test]
    fn distinct_labels_give_no_triplet_loss(batch in batches(), margin in 0.0..4.0_f64) {
        for oddity in [Oddity::AllDistinct, Oddity::OneClass, Oddity::OneSample] {
            let batch = make_odd(batch.clone(), oddity);
            for config in losses(margin) {
                if config.kind() == LossKind::Triplet {
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

/// An `ArcFace` loss with these prototypes.
fn arcface(weight: &[Vec<f32>]) -> MetricLoss {
    let config = LossConfig::ArcFace {
        scale: 64.0,
        angular_margin: 0.5,
    };
    let loss = config
        .init(weight[0].len(), weight.len(), &device())
        .expect("in range");
    with_prototypes(loss, weight)
}

#[test]
fn arcface_is_finite_at_the_ends_of_the_angle() {
    let angles = [0.0_f32, 1e-7, 1e-5, 1e-3, 3.13, PI - 1e-3, PI];
    let batch = Batch {
        embeddings: angles.map(|angle| vec![angle.cos(), angle.sin()]).to_vec(),
        labels: vec![0; angles.len()],
    };
    let evaluated = evaluate(&arcface(&[vec![1.0, 0.0], vec![-1.0, 0.0]]), &batch);
    assert!(evaluated.value.is_finite());
    // A cosine's slope is at most 1, and raising one class's probability lowers the other's.
    let bound = 2.0 * 64.0 / angles.len() as f64;
    assert!(
        evaluated.gradient.iter().all(|g| g.abs() <= bound),
        "{evaluated:?}"
    );
    let weight_gradient = evaluated
        .weight_gradient
        .expect("the weight has a gradient");
    assert!(weight_gradient.iter().all(|g| g.is_finite()));
}

#[test]
fn arcface_of_a_small_angle_has_the_true_value_and_slope() {
    let (angle, margin, scale) = (1e-3_f64, 0.5_f64, 64.0_f64);
    let batch = Batch {
        embeddings: vec![vec![angle.cos() as f32, angle.sin() as f32]],
        labels: vec![0],
    };
    let evaluated = evaluate(&arcface(&[vec![1.0, 0.0], vec![0.0, 1.0]]), &batch);

    let gap = scale * (angle.sin() - (angle + margin).cos());
    let probability = 1.0 / (1.0 + (-gap).exp());
    let slope = probability * scale * (angle.cos() + (angle + margin).sin());
    assert_close("value", &[evaluated.value], &[gap.exp().ln_1p()]);
    assert_close(
        "gradient",
        &evaluated.gradient,
        &[-slope * angle.sin(), slope * angle.cos()],
    );
}

#[test]
fn arcface_tells_its_accuracy() {
    let batch = Batch {
        embeddings: vec![
            vec![1.0, 0.1],
            vec![0.9, 1.0],
            vec![0.1, 2.0],
            vec![3.0, 0.0],
        ],
        labels: vec![0, 0, 1, 1],
    };
    let loss = arcface(&[vec![1.0, 0.0], vec![0.0, 1.0]]);
    assert_eq!(evaluate(&loss, &batch).diagnostics.accuracy, Some(0.5));
}

#[test]
#[should_panic(expected = "label 2 is not one of the 2 classes")]
fn arcface_refuses_a_label_without_prototype() {
    let batch = Batch {
        embeddings: vec![vec![1.0, 0.1]],
        labels: vec![2],
    };
    evaluate(&arcface(&[vec![1.0, 0.0], vec![0.0, 1.0]]), &batch);
}

#[test]
#[should_panic(expected = "1 labels for 2 embeddings")]
fn a_label_is_needed_for_each_embedding() {
    let batch = Batch {
        embeddings: vec![vec![1.0], vec![2.0]],
        labels: vec![0],
    };
    run(&LossConfig::Contrastive { margin: 1.0 }, &batch);
}
