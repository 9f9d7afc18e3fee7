//! `ArcFace` at the ends of the angle, and what it tells of a batch.

use std::f32::consts::PI;

use pets_losses::{ArcFaceConfig, LossConfig, MetricLoss};

use crate::evaluation::{Batch, assert_close, device, evaluate, with_prototypes};

/// An `ArcFace` loss with these prototypes.
fn arcface(weight: &[Vec<f32>]) -> MetricLoss {
    let config = LossConfig::ArcFace(ArcFaceConfig {
        scale: 64.0,
        ..ArcFaceConfig::default()
    });
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
