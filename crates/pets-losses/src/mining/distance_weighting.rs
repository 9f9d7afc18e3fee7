//! Negatives drawn so that all distances come about equally often.

use burn::tensor::{Distribution, Tensor};

use crate::distance::Distance;
use crate::pairs::labelled_distances::LabelledDistances;

/// Distances below this count as this: the density there is so small that its inverse would be all.
const LEAST: f64 = 0.5;

/// Negatives beyond this distance are not drawn; nearly all hinges on them are inactive.
const BEYOND: f64 = 1.4;

/// Draws negatives in inverse proportion to the density of their distance on the unit sphere.
pub(crate) struct DistanceWeighting {
    dim: f64,
    distance: Distance,
}

impl DistanceWeighting {
    /// For embeddings of `dim` numbers whose `distance` is known.
    pub(crate) fn new(dim: usize, distance: Distance) -> Self {
        Self {
            dim: dim as f64,
            distance,
        }
    }

    /// A number from 0 to below 1 for each positive pair of the batch, from the device's random numbers.
    pub(crate) fn draws(batch: &LabelledDistances) -> Vec<f64> {
        let pairs = batch.positive_pairs();
        if pairs == 0 {
            return Vec::new();
        }
        let uniform = Distribution::Uniform(0.0, 1.0);
        let draws = Tensor::<1>::random([pairs], uniform, &batch.tensor().device().inner());
        draws.into_data().iter().collect()
    }

    /// The sums of the weights of the negatives up to each, the largest weight being 1.
    pub(crate) fn cumulative(&self, negatives: &[(usize, f64)]) -> Vec<f64> {
        let distances = negatives.iter().map(|&(_, distance)| self.chord(distance));
        let logs: Vec<f64> = distances.map(|chord| self.log_weight(chord)).collect();
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut sum = 0.0;
        logs.into_iter()
            .map(|log| {
                sum += if largest.is_finite() {
                    (log - largest).exp()
                } else {
                    1.0
                };
                sum
            })
            .collect()
    }

    /// The place that a number from 0 to below 1 falls on; `None` if there is none.
    pub(crate) fn pick(cumulative: &[f64], draw: f64) -> Option<usize> {
        let total = cumulative.last()?;
        let place = cumulative.partition_point(|&sum| sum <= draw * total);
        Some(place.min(cumulative.len() - 1))
    }

    /// The Euclidean distance of two points on the unit sphere.
    fn chord(&self, distance: f64) -> f64 {
        match self.distance {
            Distance::Euclidean => distance,
            Distance::SquaredEuclidean => distance.max(0.0).sqrt(),
            Distance::Cosine => (2.0 * distance).max(0.0).sqrt(),
        }
    }

    /// The logarithm of the inverse density, up to a constant.
    fn log_weight(&self, chord: f64) -> f64 {
        if chord > BEYOND {
            return f64::NEG_INFINITY;
        }
        let chord = chord.max(LEAST);
        (2.0 - self.dim) * chord.ln() + (3.0 - self.dim) / 2.0 * (1.0 - chord * chord / 4.0).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_the_inverse_density() {
        let weighting = DistanceWeighting::new(16, Distance::Euclidean);
        let density = |d: f64| d.powi(14) * (1.0 - d * d / 4.0).powf(6.5);
        let negatives = [(0, 1.3), (1, 0.8), (2, 0.1), (3, 1.5)];
        let cumulative = weighting.cumulative(&negatives);
        let weights = [
            cumulative[0],
            cumulative[1] - cumulative[0],
            cumulative[2] - cumulative[1],
            cumulative[3] - cumulative[2],
        ];
        assert!((weights[0] / weights[1] - density(0.8) / density(1.3)).abs() < 1e-6);
        assert!((weights[1] / weights[2] - density(0.5) / density(0.8)).abs() < 1e-6);
        assert!(weights[3].abs() < f64::EPSILON);
    }

    #[test]
    fn each_distance_means_the_same_chord() {
        for (distance, value) in [
            (Distance::Euclidean, 1.2),
            (Distance::SquaredEuclidean, 1.44),
            (Distance::Cosine, 0.72),
        ] {
            assert!((DistanceWeighting::new(8, distance).chord(value) - 1.2).abs() < 1e-12);
        }
    }

    #[test]
    fn far_negatives_are_drawn_evenly_if_there_are_no_others() {
        let weighting = DistanceWeighting::new(16, Distance::Euclidean);
        let cumulative = weighting.cumulative(&[(4, 1.5), (7, 1.9)]);
        assert_eq!(DistanceWeighting::pick(&cumulative, 0.49), Some(0));
        assert_eq!(DistanceWeighting::pick(&cumulative, 0.51), Some(1));
        assert_eq!(DistanceWeighting::pick(&[], 0.5), None);
    }
}
