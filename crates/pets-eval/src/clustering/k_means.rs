//! k-means: k-means++ seeding (Arthur and Vassilvitskii 2007), then Lloyd's iterations.
//!
//! Own code, because the distances of this crate are exact, parallel and the same for any number of threads.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::distance::euclidean::{euclidean, lower_to_squared_distances};
use crate::embeddings::Embeddings;
use crate::error::EvalError;
use crate::progress::{Part, Progress, Steps};
use crate::retrieval::neighbors::nearest_rows;

/// Rows whose weights are added up for a draw before those of all blocks are.
const BLOCK: usize = 4096;
/// What comparing two rows costs beside their values.
const COMPARISON: u64 = 16;

/// One run of k-means.
pub(crate) struct KMeans {
    /// Cluster of each row.
    pub(crate) clusters: Vec<u32>,
    /// Sum of squared distances of the rows to their cluster's centre.
    pub(crate) inertia: f64,
    /// Iterations made.
    pub(crate) iterations: usize,
    /// Whether the last iteration moved no row.
    pub(crate) converged: bool,
}

/// The nearest centre of a row.
#[derive(Clone, Copy, PartialEq)]
struct Nearest {
    cluster: usize,
    distance: f64,
}

/// How much comparing of rows with centres is left to do, in values.
pub(crate) struct Budget(pub(crate) u64);

impl Budget {
    pub(crate) fn is_spent(&self) -> bool {
        self.0 == 0
    }

    fn spend(&mut self, rows: usize, centres: usize, dim: usize) {
        let cost = (rows as u64 * centres as u64).saturating_mul(dim as u64 + COMPARISON);
        self.0 = self.0.saturating_sub(cost);
    }
}

/// Clusters the rows, not fewer than `k`, into `k` clusters, with iterations as long as there is budget.
pub(crate) fn k_means(
    embeddings: &Embeddings,
    k: usize,
    max_iterations: usize,
    rng: &mut ChaCha8Rng,
    budget: &mut Budget,
    progress: &dyn Progress,
) -> Result<KMeans, EvalError> {
    let (rows, dim) = (embeddings.len(), embeddings.dim());
    let seeds = seed_centres(embeddings, k, rng, &Part::new(progress, 0.0, 0.3))?;
    let mut centres = Embeddings::new(seeds, dim, vec![0; k])?;
    budget.spend(2 * rows, k, dim);
    let mut nearest = assign(embeddings, &centres, &Part::new(progress, 0.3, 0.4))?;
    let mut filled = nearest.clone();
    let (mut iterations, mut converged) = (0, false);
    while iterations < max_iterations && !converged && !budget.is_spent() {
        let share = |done: usize| 0.4 + 0.6 * done as f64 / max_iterations as f64;
        let part = Part::new(progress, share(iterations), share(iterations + 1));
        fill_empty_clusters(&mut filled, k);
        let means = Embeddings::new(means(embeddings, &filled, k), dim, vec![0; k])?;
        nearest = reassign(embeddings, &nearest, [&centres, &means], budget, &part)?;
        converged = nearest
            .iter()
            .zip(&filled)
            .all(|(next, before)| next.cluster == before.cluster);
        filled.clone_from(&nearest);
        centres = means;
        iterations += 1;
    }
    Ok(KMeans {
        clusters: nearest.iter().map(|row| row.cluster as u32).collect(),
        inertia: nearest.iter().map(|row| row.distance * row.distance).sum(),
        iterations,
        converged,
    })
}

/// Draws rows as centres, each with a chance in proportion to its squared distance to the nearest centre drawn before.
fn seed_centres(
    embeddings: &Embeddings,
    k: usize,
    rng: &mut ChaCha8Rng,
    progress: &dyn Progress,
) -> Result<Vec<f32>, EvalError> {
    let steps = Steps::new(progress, k as u64);
    let dim = embeddings.dim();
    let mut centres = Vec::with_capacity(k * dim);
    let mut squared = vec![f64::INFINITY; embeddings.len()];
    let mut drawn = rng.random_range(0..embeddings.len());
    for _ in 1..k {
        steps.advance(1)?;
        let centre = embeddings.row(drawn);
        centres.extend_from_slice(centre);
        let sums: Vec<f64> = squared
            .par_chunks_mut(BLOCK)
            .zip(embeddings.as_slice().par_chunks(BLOCK * dim))
            .map(|(squared, rows)| {
                lower_to_squared_distances(squared, rows, centre);
                squared.iter().sum()
            })
            .collect();
        drawn = draw_weighted(&squared, &sums, rng);
    }
    centres.extend_from_slice(embeddings.row(drawn));
    Ok(centres)
}

/// A position with a chance in proportion to its weight, of which each block has a sum; any where all weights are 0.
fn draw_weighted(weights: &[f64], sums: &[f64], rng: &mut ChaCha8Rng) -> usize {
    let total: f64 = sums.iter().sum();
    let left = rng.random_range(0.0..1.0) * total;
    let (block, left) = place(sums, left);
    let first = block * BLOCK;
    let last = weights.len().min(first + BLOCK);
    first + place(&weights[first..last], left).0
}

/// Where a sum of weights is passed, the last of them that is not 0 at the latest, and what is left there.
fn place(weights: &[f64], mut left: f64) -> (usize, f64) {
    let mut last = (0, 0.0);
    for (position, &weight) in weights.iter().enumerate() {
        if weight > 0.0 {
            last = (position, left);
            if left < weight {
                break;
            }
            left -= weight;
        }
    }
    last
}

/// The nearest centre of each row, of equals the first.
fn assign(
    embeddings: &Embeddings,
    centres: &Embeddings,
    progress: &dyn Progress,
) -> Result<Vec<Nearest>, EvalError> {
    let found = nearest_rows(centres, embeddings.as_slice(), 1, progress, |_| None)?;
    let found = found.into_iter().flatten();
    Ok(found
        .map(|centre| Nearest {
            cluster: centre.index,
            distance: centre.distance,
        })
        .collect())
}

/// The same, from the nearest of the centres before they moved. A row whose centre did not move away is compared with
/// those alone that moved: the others are still farther than its own.
fn reassign(
    embeddings: &Embeddings,
    before: &[Nearest],
    [old, new]: [&Embeddings; 2],
    budget: &mut Budget,
    progress: &dyn Progress,
) -> Result<Vec<Nearest>, EvalError> {
    let k = new.len();
    let moved: Vec<usize> = (0..k).filter(|&at| old.row(at) != new.row(at)).collect();
    let kept: Vec<Nearest> = before
        .par_iter()
        .enumerate()
        .map(|(row, &Nearest { cluster, .. })| Nearest {
            cluster,
            distance: euclidean(embeddings.row(row), new.row(cluster)),
        })
        .collect();
    let mut nearest = kept.clone();
    let (near, far): (Vec<usize>, Vec<usize>) =
        (0..before.len()).partition(|&row| kept[row].distance <= before[row].distance);
    let halves = [
        (near, moved, Part::new(progress, 0.0, 0.5)),
        (far, (0..k).collect(), Part::new(progress, 0.5, 1.0)),
    ];
    for (rows, candidates, progress) in halves {
        if rows.is_empty() || candidates.is_empty() {
            continue;
        }
        budget.spend(rows.len(), candidates.len(), embeddings.dim());
        let found = assign(
            &embeddings.select(&rows)?,
            &new.select(&candidates)?,
            &progress,
        )?;
        for (row, found) in rows.into_iter().zip(found) {
            let found = Nearest {
                cluster: candidates[found.cluster],
                ..found
            };
            if found.order(&nearest[row]).is_lt() {
                nearest[row] = found;
            }
        }
    }
    Ok(nearest)
}

impl Nearest {
    /// By distance, then by cluster.
    fn order(&self, other: &Self) -> Ordering {
        self.distance
            .total_cmp(&other.distance)
            .then(self.cluster.cmp(&other.cluster))
    }
}

/// Moves into each empty cluster the row that is farthest from its centre, of a cluster with other rows.
fn fill_empty_clusters(nearest: &mut [Nearest], k: usize) {
    let mut sizes = vec![0_usize; k];
    for row in &*nearest {
        sizes[row.cluster] += 1;
    }
    // Distances from 0 up are ordered as their bits are.
    let mut farthest: BinaryHeap<(u64, usize)> = nearest
        .iter()
        .enumerate()
        .map(|(row, nearest)| (nearest.distance.to_bits(), row))
        .collect();
    for cluster in 0..k {
        while sizes[cluster] == 0 {
            let Some((_, row)) = farthest.pop() else {
                return;
            };
            let size = &mut sizes[nearest[row].cluster];
            if *size > 1 {
                *size -= 1;
                sizes[cluster] = 1;
                nearest[row].cluster = cluster;
            }
        }
    }
}

/// The mean row of each cluster.
fn means(embeddings: &Embeddings, nearest: &[Nearest], k: usize) -> Vec<f32> {
    let mut members = vec![Vec::new(); k];
    for (row, nearest) in nearest.iter().enumerate() {
        members[nearest.cluster].push(row);
    }
    members
        .par_iter()
        .flat_map_iter(|members| embeddings.mean_row(members))
        .map(|value| value as f32)
        .collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn rows(count: usize, dim: usize, rng: &mut ChaCha8Rng) -> Embeddings {
        // Few values, so that there are ties.
        let data = (0..count * dim).map(|_| rng.random_range(-3..=3) as f32);
        Embeddings::new(data.collect(), dim, vec![0; count]).expect("valid")
    }

    #[test]
    fn the_nearest_are_found_among_those_that_moved() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        for moves in [0, 1, 5, 20] {
            let (embeddings, old) = (rows(300, 2, &mut rng), rows(20, 2, &mut rng));
            let mut data = old.as_slice().to_vec();
            for value in &mut data[..2 * moves] {
                *value += rng.random_range(-1..=1) as f32;
            }
            let new = Embeddings::new(data, 2, vec![0; 20]).expect("valid");
            let before = assign(&embeddings, &old, &()).expect("not interrupted");
            let mut budget = Budget(u64::MAX);
            let found = reassign(&embeddings, &before, [&old, &new], &mut budget, &());
            let expected = assign(&embeddings, &new, &()).expect("not interrupted");
            assert!(found.expect("not interrupted") == expected, "{moves}");
        }
    }

    #[test]
    fn no_iteration_begins_without_budget() {
        let embeddings = rows(500, 3, &mut ChaCha8Rng::seed_from_u64(4));
        let run = |budget: u64| {
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            let mut budget = Budget(budget);
            let run = k_means(&embeddings, 30, 100, &mut rng, &mut budget, &());
            (run.expect("not interrupted"), budget.is_spent())
        };
        let (whole, spent) = run(1 << 36);
        assert!(whole.converged && whole.iterations > 2 && !spent);
        let (none, spent) = run(1);
        assert!(!none.converged && none.iterations == 0 && spent);
        assert!(none.inertia >= whole.inertia);
        let seeding = 2 * 500 * 30 * (3 + COMPARISON);
        let (one, spent) = run(seeding + 1);
        assert!(one.iterations == 1 && spent);
    }

    #[test]
    fn empty_clusters_take_the_farthest_rows_of_others() {
        let at = |cluster, distance| Nearest { cluster, distance };
        let mut nearest = [at(0, 1.0), at(0, 5.0), at(2, 9.0), at(0, 5.0), at(0, 0.0)];
        fill_empty_clusters(&mut nearest, 5);
        assert_eq!(nearest.map(|row| row.cluster), [4, 3, 2, 1, 0]);
    }
}
