//! How far a t-SNE map is from what it is to show.

use rayon::prelude::*;

use super::distances::{map_distances, nearest};
use super::samples::Samples;

/// Bisections of the width of a Gaussian: more than f64 can tell apart.
const BISECTIONS: usize = 80;

/// Kullback–Leibler divergence KL(P ‖ Q) in nats (van der Maaten and Hinton, 2008): P are the
/// symmetrised Gaussian affinities of the embeddings, each Gaussian as wide as gives the perplexity
/// over the 3 · perplexity nearest neighbours; Q are the affinities (1 + d²)⁻¹ of the map over all
/// pairs.
pub(super) fn kl_divergence(samples: Samples<'_>, points: &[[f32; 2]], perplexity: f64) -> f64 {
    let n = samples.n;
    let affinities = affinities(samples, perplexity);
    let weight = |i: usize, j: usize| {
        let apart = |axis: usize| f64::from(points[i][axis]) - f64::from(points[j][axis]);
        1.0 / (1.0 + apart(0).powi(2) + apart(1).powi(2))
    };
    // Row sums of their own, so that the total does not depend on the number of threads.
    let rows: Vec<f64> = (0..n)
        .into_par_iter()
        .map(|i| (0..i).map(|j| weight(i, j)).sum())
        .collect();
    let total = 2.0 * rows.iter().sum::<f64>();
    affinities
        .iter()
        .map(|&((i, j), p)| 2.0 * p * (p * total / weight(i, j)).ln())
        .sum()
}

/// The affinities above 0 of the pairs (i, j), i < j; both directions together sum to 1.
fn affinities(samples: Samples<'_>, perplexity: f64) -> Vec<((usize, usize), f64)> {
    let n = samples.n;
    let neighbours = ((3.0 * perplexity).ceil() as usize).clamp(1, n - 1);
    let rows = map_distances(samples.values, samples.dim, |i, distances| {
        conditional(distances, perplexity, neighbours, i)
    });
    let mut directed: Vec<((usize, usize), f64)> = rows
        .into_iter()
        .enumerate()
        .flat_map(|(i, row)| row.into_iter().map(move |(j, p)| ((i.min(j), i.max(j)), p)))
        .collect();
    directed.sort_by_key(|entry| entry.0);
    directed
        .chunk_by(|a, b| a.0 == b.0)
        .map(|pair| {
            let sum: f64 = pair.iter().map(|(_, p)| p).sum();
            (pair[0].0, sum / (2.0 * n as f64))
        })
        .filter(|(_, p)| *p > 0.0)
        .collect()
}

/// p(j | i) for the neighbours of sample `i`, which is so far from each, squared.
fn conditional(
    distances: &[f32],
    perplexity: f64,
    neighbours: usize,
    i: usize,
) -> Vec<(usize, f64)> {
    let nearest = nearest(distances, i, neighbours);
    let closest = f64::from(distances[nearest[0]]);
    let excess: Vec<f64> = nearest
        .iter()
        .map(|j| f64::from(distances[*j]) - closest)
        .collect();
    nearest
        .into_iter()
        .zip(with_perplexity(&excess, perplexity))
        .collect()
}

/// The Gaussian over squared distances, the smallest of which is 0, whose entropy is
/// ln(perplexity). Where equal distances allow no such entropy it is the nearest to it.
fn with_perplexity(distances: &[f64], perplexity: f64) -> Vec<f64> {
    let at = |precision: f64| {
        let weights: Vec<f64> = distances.iter().map(|d| (-precision * d).exp()).collect();
        let sum: f64 = weights.iter().sum();
        let mean: f64 = weights
            .iter()
            .zip(distances)
            .map(|(w, d)| w * d)
            .sum::<f64>()
            / sum;
        let entropy = sum.ln() + precision * mean;
        (weights.into_iter().map(|w| w / sum).collect(), entropy)
    };
    let (mut low, mut high) = (0.0f64, f64::INFINITY);
    let mut precision = 1.0;
    let mut found: (Vec<f64>, f64) = at(precision);
    for _ in 0..BISECTIONS {
        if found.1 > perplexity.ln() {
            low = precision;
        } else {
            high = precision;
        }
        precision = if high.is_finite() {
            f64::midpoint(low, high)
        } else {
            2.0 * precision
        };
        found = at(precision);
    }
    found.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_perplexity_is_reached() {
        let distances: Vec<f64> = (0..40).map(|step| f64::from(step) * 0.3).collect();
        for perplexity in [1.5, 5.0, 30.0] {
            let shares = with_perplexity(&distances, perplexity);
            let entropy: f64 = -shares
                .iter()
                .filter(|p| **p > 0.0)
                .map(|p| p * p.ln())
                .sum::<f64>();
            assert!(
                (entropy.exp() - perplexity).abs() < 1e-6,
                "{}",
                entropy.exp()
            );
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn equal_distances_have_equal_shares() {
        assert_eq!(with_perplexity(&[0.0; 4], 2.0), [0.25; 4]);
    }

    /// Four points equally far from each other have affinities of 1/12 whatever the width; on a
    /// square of side 1 the weights are 1/2 along a side and 1/3 across.
    #[test]
    fn a_map_of_a_tetrahedron_has_the_divergence_of_its_square() {
        let values: Vec<f32> = (0..16)
            .map(|cell| f32::from(u8::from(cell % 5 == 0)))
            .collect();
        let samples = Samples::new("t-SNE", &values, 4, 4).expect("valid samples");
        let square = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        let total = 8.0 / 2.0 + 4.0 / 3.0;
        let part = |weight: f64| (total / 12.0 / weight).ln() / 12.0;
        let expected = 8.0 * part(1.0 / 2.0) + 4.0 * part(1.0 / 3.0);
        let got = kl_divergence(samples, &square, 1.0);
        assert!((got - expected).abs() < 1e-9, "{got} for {expected}");
    }
}
