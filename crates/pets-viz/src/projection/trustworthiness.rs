//! How far a map can be trusted.

use super::distances::{map_distances, nearest};
use crate::{VizError, check};

/// Trustworthiness of a map (Venna and Kaski, 2001): 1 where the `k` nearest neighbours of each
/// point in the map are among its nearest in the embedding space, less the farther they really are.
///
/// T(k) = 1 − 2 / (n k (2n − 3k − 1)) · Σᵢ Σ_{j ∈ Uₖ(i)} (r(i, j) − k), where Uₖ(i) are the points
/// among the k nearest to i in the map but not in the space, and r(i, j) is the rank of j by
/// distance from i in the space (1 is the nearest). Exact, with Euclidean distances; equal
/// distances rank in the order of the samples.
///
/// # Shapes
/// `embeddings`: `[n, dim]`, row by row; `points`: n positions.
///
/// ```
/// use pets_viz::trustworthiness;
///
/// let line: Vec<f32> = (0..10u8).flat_map(|i| [f32::from(i), 0.0]).collect();
/// let points: Vec<[f32; 2]> = (0..10u8).map(|i| [f32::from(i) * 3.0, 1.0]).collect();
/// assert_eq!(trustworthiness(&line, 10, 2, &points, 3)?, 1.0);
/// # Ok::<(), pets_viz::VizError>(())
/// ```
///
/// # Errors
/// [`VizError::InvalidValue`] where `k` is not within 1..n/2, for which alone the measure is
/// defined; [`VizError::LengthMismatch`] and [`VizError::NotFinite`] for unfit inputs.
pub fn trustworthiness(
    embeddings: &[f32],
    n: usize,
    dim: usize,
    points: &[[f32; 2]],
    k: usize,
) -> Result<f64, VizError> {
    check::same_length(
        "embeddings (samples × dimension)",
        n.saturating_mul(dim),
        embeddings.len(),
    )?;
    check::same_length("points", n, points.len())?;
    check::finite(
        "embeddings",
        embeddings.iter().map(|value| f64::from(*value)),
    )?;
    check::finite(
        "points",
        points.as_flattened().iter().map(|value| f64::from(*value)),
    )?;
    if k == 0 || 2 * k >= n {
        let allowed = format!("1 or more, and less than half of the {n} samples");
        return Err(VizError::InvalidValue {
            name: "neighbours of trustworthiness",
            value: k.to_string(),
            allowed,
        });
    }
    if dim == 0 {
        let allowed = "1 or more".to_owned();
        return Err(VizError::InvalidValue {
            name: "embedding dimension",
            value: "0".into(),
            allowed,
        });
    }
    let excess = map_distances(embeddings, dim, |i, in_space| {
        excess_ranks(in_space, points, k, i)
    });
    let excess: u64 = excess.into_iter().sum();
    let (n, k) = (n as f64, k as f64);
    Ok(1.0 - 2.0 * excess as f64 / (n * k * (2.0 * n - 3.0 * k - 1.0)))
}

/// Σ (r(i, j) − k) over the k nearest j of point `i` in the map that are farther than k-th in the
/// space, where their squared distances from it are `in_space`.
fn excess_ranks(in_space: &[f32], points: &[[f32; 2]], k: usize, i: usize) -> u64 {
    let [x, y] = points[i];
    let in_map: Vec<f32> = points
        .iter()
        .map(|point| (point[0] - x) * (point[0] - x) + (point[1] - y) * (point[1] - y))
        .collect();
    nearest(&in_map, i, k)
        .into_iter()
        .map(|j| {
            let nearer = in_space
                .iter()
                .enumerate()
                .filter(|&(other, distance)| other != i && (*distance, other) < (in_space[j], j))
                .count();
            (nearer + 1).saturating_sub(k) as u64
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, written down as it stands: full sorts, no shortcuts.
    fn by_definition(embeddings: &[f32], dim: usize, points: &[[f32; 2]], k: usize) -> f64 {
        let n = points.len();
        let ranked = |distance: &dyn Fn(usize, usize) -> f64, i: usize| {
            let mut others: Vec<usize> = (0..n).filter(|j| *j != i).collect();
            others.sort_by(|a, b| distance(i, *a).total_cmp(&distance(i, *b)));
            others
        };
        let squared = |a: f32, b: f32| (f64::from(a) - f64::from(b)).powi(2);
        let space = |i: usize, j: usize| -> f64 {
            (0..dim)
                .map(|d| squared(embeddings[i * dim + d], embeddings[j * dim + d]))
                .sum()
        };
        let map = |i: usize, j: usize| -> f64 {
            (0..2).map(|d| squared(points[i][d], points[j][d])).sum()
        };
        let mut penalty = 0.0;
        for i in 0..n {
            let in_space = ranked(&space, i);
            for j in ranked(&map, i).into_iter().take(k) {
                let rank = in_space
                    .iter()
                    .position(|other| *other == j)
                    .expect("j is another point")
                    + 1;
                if rank > k {
                    penalty += (rank - k) as f64;
                }
            }
        }
        1.0 - 2.0 / (n as f64 * k as f64 * (2.0 * n as f64 - 3.0 * k as f64 - 1.0)) * penalty
    }

    proptest! {
        /// Small whole coordinates: distances are exact in f32 and f64, and many are equal.
        #[test]
        fn equals_its_definition(
            values in prop::collection::vec(-4i8..5, 9 * 24),
            places in prop::collection::vec((-6i8..7, -6i8..7), 24),
            k in 1usize..12,
        ) {
            let embeddings: Vec<f32> = values.into_iter().map(f32::from).collect();
            let place = |(x, y)| [f32::from(x), f32::from(y)];
            let points: Vec<[f32; 2]> = places.into_iter().map(place).collect();
            let got = trustworthiness(&embeddings, 24, 9, &points, k).expect("valid input");
            prop_assert!((got - by_definition(&embeddings, 9, &points, k)).abs() < 1e-12);
        }
    }

    #[test]
    fn a_map_turned_inside_out_is_not_trustworthy() {
        let line: Vec<f32> = (0..20u8).map(f32::from).collect();
        let shuffled: Vec<[f32; 2]> = (0..20u8).map(|i| [f32::from(i * 7 % 20), 0.0]).collect();
        let got = trustworthiness(&line, 20, 1, &shuffled, 3).expect("valid input");
        assert!(got < 0.7, "{got}");
    }

    #[test]
    fn unfit_input_is_refused() {
        let line: Vec<f32> = (0..8u8).map(f32::from).collect();
        let points = [[0.0f32, 1.0]; 8];
        assert!(matches!(
            trustworthiness(&line, 8, 1, &points, 4),
            Err(VizError::InvalidValue { .. })
        ));
        assert!(matches!(
            trustworthiness(&line, 8, 1, &points, 0),
            Err(VizError::InvalidValue { .. })
        ));
        assert!(matches!(
            trustworthiness(&line, 8, 1, &points[..7], 2),
            Err(VizError::LengthMismatch { .. })
        ));
        assert!(matches!(
            trustworthiness(&line, 9, 1, &points, 2),
            Err(VizError::LengthMismatch { .. })
        ));
        assert!(matches!(
            trustworthiness(&[f32::NAN; 8], 8, 1, &points, 2),
            Err(VizError::NotFinite { .. })
        ));
    }
}
