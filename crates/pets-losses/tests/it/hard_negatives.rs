//! Hard negatives of a whole set against sorting everything.

use burn::tensor::Tensor;
use pets_losses::{Distance, HardNegatives, LossError};
use proptest::prelude::*;

use crate::evaluation::{assert_close, matrix};

fn distance(a: &[f32], b: &[f32]) -> f64 {
    let differences = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2));
    differences.sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn mined_negatives_are_the_nearest(
        samples in prop::collection::vec((prop::collection::vec(-4.0_f32..4.0, 3), 0_usize..5), 1..40),
        per_sample in 0_usize..6,
    ) {
        let (rows, classes): (Vec<Vec<f32>>, Vec<usize>) = samples.into_iter().unzip();
        let labels: Vec<usize> = classes.iter().map(|class| 10 * class).collect();
        let mined = HardNegatives::mine(
            matrix(&rows),
            &labels,
            Distance::SquaredEuclidean,
            per_sample,
        ).expect("a label for each row");

        for (sample, row) in rows.iter().enumerate() {
            let distances = |others: &[usize]| -> Vec<f64> {
                others.iter().map(|&other| distance(row, &rows[other])).collect()
            };
            let negatives: Vec<usize> =
                (0..rows.len()).filter(|&other| labels[other] != labels[sample]).collect();
            let mut nearest = distances(&negatives);
            nearest.sort_by(f64::total_cmp);
            nearest.truncate(per_sample);
            let found = mined.of_sample(sample);
            prop_assert!(found.iter().all(|&other| labels[other] != labels[sample]));
            assert_close("nearest", &distances(found), &nearest);
        }

        let closeness = |class: usize, other: usize| -> f64 {
            let labels = &labels;
            let of = |label: usize| (0..rows.len()).filter(move |&sample| labels[sample] == label);
            let nearest = of(class).map(|sample| {
                let distances = of(other).map(|other| distance(&rows[sample], &rows[other]));
                distances.fold(f64::INFINITY, f64::min)
            });
            nearest.sum()
        };
        for (&class, ranking) in mined.confusable_classes() {
            let mut all = ranking.clone();
            all.push(class);
            all.sort_unstable();
            prop_assert!(all.iter().eq(mined.confusable_classes().keys()));
            let sums: Vec<f64> = ranking.iter().map(|&other| closeness(class, other)).collect();
            prop_assert!(sums.is_sorted_by(|a, b| *a <= b * (1.0 + 1e-4) + 1e-4), "{sums:?}");
        }
    }
}

/// More rows than are compared at a time.
#[test]
fn blocks_are_put_together() {
    let rows: Vec<Vec<f32>> = (0..600_u16).map(|i| vec![f32::from(i)]).collect();
    let labels: Vec<usize> = (0..600).map(|i| i / 2).collect();
    let mined = HardNegatives::mine(matrix(&rows), &labels, Distance::Euclidean, 1)
        .expect("a label for each row");
    for sample in 2..598 {
        let nearest = if sample % 2 == 0 {
            sample - 1
        } else {
            sample + 1
        };
        assert_eq!(mined.of_sample(sample), [nearest]);
    }
    assert_eq!(mined.confusable_classes()[&0][..2], [1, 2]);
}

#[test]
fn labels_must_match_the_embeddings() {
    let rows: Tensor<2> = matrix(&[vec![1.0], vec![2.0]]);
    let error = HardNegatives::mine(rows, &[0], Distance::Euclidean, 1).expect_err("one label");
    assert_eq!(
        error,
        LossError::LabelCount {
            labels: 1,
            embeddings: 2
        }
    );
}
