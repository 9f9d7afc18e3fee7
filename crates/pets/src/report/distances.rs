//! The histogram of distances as densities.

use pets_eval::DistanceHistogram as Counts;
use pets_viz::{DistanceHistogram, Figure, Picture, VizError, distance_histogram};

/// Draws how the distances of positive and negative pairs are spread.
pub(super) fn distances_picture(
    figure: &Figure,
    counts: &Counts,
    threshold: Option<f64>,
) -> Result<Picture, VizError> {
    let [positive, negative] = densities(counts);
    let histogram = DistanceHistogram {
        edges: &edges(counts),
        positive: &positive,
        negative: &negative,
        threshold,
        measure: "Euclidean distance of two embeddings",
    };
    distance_histogram(figure, &histogram)
}

/// The bounds of the bins.
pub(super) fn edges(counts: &Counts) -> Vec<f64> {
    (0..=counts.positive.len())
        .map(|bin| bin as f64 * counts.bin_width)
        .collect()
}

/// The densities of positive and of negative pairs in each bin.
pub(super) fn densities(counts: &Counts) -> [Vec<f64>; 2] {
    [&counts.positive, &counts.negative].map(|counts_of_kind| {
        let total = counts_of_kind.iter().sum::<u64>().max(1) as f64;
        counts_of_kind
            .iter()
            .map(|count| *count as f64 / (total * counts.bin_width))
            .collect()
    })
}
