//! The histogram of distances as densities.

use anyhow::Result;
use pets_eval::DistanceHistogram as Counts;
use pets_viz::{DistanceHistogram, Figure, Picture, distance_histogram};

/// Draws how the distances of positive and negative pairs are spread.
pub(crate) fn distances_picture(counts: &Counts, threshold: Option<f64>) -> Result<Picture> {
    let edges: Vec<_> = (0..=counts.positive.len())
        .map(|bin| bin as f64 * counts.bin_width)
        .collect();
    let (positive, negative) = (
        density(&counts.positive, counts.bin_width),
        density(&counts.negative, counts.bin_width),
    );
    let histogram = DistanceHistogram {
        edges: &edges,
        positive: &positive,
        negative: &negative,
        threshold,
        measure: "Euclidean distance of two embeddings",
    };
    Ok(distance_histogram(
        &Figure::default().titled("Distances of pairs"),
        &histogram,
    )?)
}

fn density(counts: &[u64], bin_width: f64) -> Vec<f64> {
    let total = counts.iter().sum::<u64>().max(1) as f64;
    counts
        .iter()
        .map(|count| *count as f64 / (total * bin_width))
        .collect()
}
