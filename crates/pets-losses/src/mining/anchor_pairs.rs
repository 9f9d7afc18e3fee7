//! The pairs of an anchor that a mining looks at: all of them, or the informative ones.

use crate::pairs::labelled_distances::LabelledDistances;

/// Samples with their distances to an anchor.
pub(crate) type Samples = Vec<(usize, f64)>;

/// All positives and all negatives of an anchor.
pub(crate) fn all_pairs(batch: &LabelledDistances, anchor: usize) -> (Samples, Samples) {
    (
        batch.positives(anchor).collect(),
        batch.negatives(anchor).collect(),
    )
}

/// The positives of an anchor that are farther than its nearest negative less `epsilon`, and the negatives nearer than
/// its farthest positive plus `epsilon`.
///
/// An anchor has both or neither: the farthest positive and the nearest negative decide for each other.
pub(crate) fn informative_pairs(
    batch: &LabelledDistances,
    anchor: usize,
    epsilon: f64,
) -> (Samples, Samples) {
    let distances = |(_, distance): (usize, f64)| distance;
    let farthest = batch.positives(anchor).map(distances).reduce(f64::max);
    let nearest = batch.negatives(anchor).map(distances).reduce(f64::min);
    let (Some(farthest), Some(nearest)) = (farthest, nearest) else {
        return (Vec::new(), Vec::new());
    };
    (
        batch
            .positives(anchor)
            .filter(|&(_, distance)| distance > nearest - epsilon)
            .collect(),
        batch
            .negatives(anchor)
            .filter(|&(_, distance)| distance < farthest + epsilon)
            .collect(),
    )
}
