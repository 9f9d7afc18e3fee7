//! Distances against float64 over explicit differences.

use pets_losses::Distance;
use proptest::prelude::*;

use crate::evaluation::{assert_close, matrix, numbers};

fn expected(distance: Distance, a: &[f32], b: &[f32]) -> f64 {
    let dot = |x: &[f32], y: &[f32]| -> f64 {
        x.iter()
            .zip(y)
            .map(|(x, y)| f64::from(*x) * f64::from(*y))
            .sum()
    };
    let squared: f64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
        .sum();
    match distance {
        Distance::Euclidean => (squared + 1e-8).sqrt(),
        Distance::SquaredEuclidean => squared,
        Distance::Cosine => 1.0 - dot(a, b) / (dot(a, a) * dot(b, b)).sqrt(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn pairwise_agrees(
        (a, mut b, near) in (1_usize..6, 1_usize..6, 1_usize..40).prop_flat_map(|(n, m, dim)| {
            let rows = |count| prop::collection::vec(prop::collection::vec(0.1_f32..2.0, dim), count);
            (rows(n), rows(m), prop::option::of((0..n, 0..m, 0.0_f32..0.01)))
        }),
        distance in prop::sample::select(&Distance::ALL[..]),
    ) {
        if let Some((i, j, offset)) = near {
            b[j] = a[i].iter().map(|value| value + offset).collect();
        }
        let actual = numbers(distance.pairwise(matrix(&a), matrix(&b)));
        let expected: Vec<_> = a
            .iter()
            .flat_map(|a| b.iter().map(|b| expected(distance, a, b)).collect::<Vec<_>>())
            .collect();
        assert_close(&distance.to_string(), &actual, &expected);
    }
}

#[test]
fn equal_rows_have_the_least_distance_and_no_gradient() {
    let row = [vec![0.3_f32; 64]];
    let a = matrix(&row).require_grad();
    let distance = Distance::Euclidean.pairwise(a.clone(), matrix(&row));
    let gradients = distance.sum().backward();
    let gradient = a
        .grad(&gradients)
        .expect("the distance depends on its rows");
    assert!(numbers(gradient).iter().all(|g| g.abs() < f64::EPSILON));
    assert_close(
        "distance",
        &numbers(Distance::Euclidean.pairwise(a.clone(), a)),
        &[1e-4],
    );
}

#[test]
fn nearly_equal_rows_keep_their_direction() {
    let mut other = vec![1.0_f32; 64];
    other[3] += 1e-3;
    let a = matrix(&[other.clone(), vec![-1.0; 64]]).require_grad();
    let b = matrix(&[vec![1.0; 64], vec![5.0; 64]]);
    let distance = Distance::Euclidean
        .pairwise(a.clone(), b)
        .slice([0..1, 0..1]);
    let gradients = distance.sum().backward();
    let gradient = numbers(
        a.grad(&gradients)
            .expect("the distance depends on its rows"),
    );
    let step = f64::from(other[3]) - 1.0;
    let mut expected = vec![0.0; 128];
    expected[3] = step / (step * step + 1e-8).sqrt();
    assert_close("gradient", &gradient, &expected);
}

/// Many near pairs are worked off in blocks; these exceed one block.
#[test]
fn a_collapsed_batch_of_many_near_pairs_is_exact() {
    let (batch, dim) = (160, 512);
    let rows: Vec<Vec<f32>> = (0..batch)
        .map(|i| {
            let mut row = vec![if i % 2 == 0 { 1.0 } else { -1.0 }; dim];
            row[i] += 1e-3;
            row
        })
        .collect();
    let actual = numbers(Distance::Euclidean.pairwise(matrix(&rows), matrix(&rows)));
    let expected: Vec<_> = rows
        .iter()
        .flat_map(|a| {
            rows.iter()
                .map(|b| expected(Distance::Euclidean, a, b))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_close("distance", &actual, &expected);
}
