//! k-means: k-means++ seeding (Arthur and Vassilvitskii 2007), then Lloyd's iterations.
//!
//! Own code, because the distances of this crate are exact, parallel and the same for any number of threads.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::distance::euclidean::{PackedRows, euclidean, map_rows};
use crate::embeddings::Embeddings;

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

/// Clusters the rows, not fewer than `k`, into `k` clusters.
pub(crate) fn k_means(
    embeddings: &Embeddings,
    k: usize,
    max_iterations: usize,
    rng: &mut ChaCha8Rng,
) -> KMeans {
    let mut nearest = assign(embeddings, &seed_centres(embeddings, k, rng));
    let (mut iterations, mut converged) = (0, false);
    while iterations < max_iterations && !converged {
        fill_empty_clusters(&mut nearest, k);
        let next = assign(embeddings, &centres(embeddings, &nearest, k));
        converged = next
            .iter()
            .zip(&nearest)
            .all(|(next, before)| next.cluster == before.cluster);
        nearest = next;
        iterations += 1;
    }
    KMeans {
        clusters: nearest.iter().map(|row| row.cluster as u32).collect(),
        inertia: nearest.iter().map(|row| row.distance * row.distance).sum(),
        iterations,
        converged,
    }
}

/// Draws rows as centres, each with a chance in proportion to its squared distance to the nearest centre drawn before.
fn seed_centres(embeddings: &Embeddings, k: usize, rng: &mut ChaCha8Rng) -> Vec<f32> {
    let mut centres = Vec::with_capacity(k * embeddings.dim());
    let mut squared = vec![f64::INFINITY; embeddings.len()];
    let mut drawn = rng.random_range(0..embeddings.len());
    for _ in 1..k {
        centres.extend_from_slice(embeddings.row(drawn));
        let centre = embeddings.row(drawn);
        squared
            .par_iter_mut()
            .zip(embeddings.as_slice().par_chunks(embeddings.dim()))
            .for_each(|(squared, row)| *squared = squared.min(euclidean(row, centre).powi(2)));
        drawn = draw_weighted(&squared, rng);
    }
    centres.extend_from_slice(embeddings.row(drawn));
    centres
}

/// A position with a chance in proportion to its weight; any where all weights are 0.
fn draw_weighted(weights: &[f64], rng: &mut ChaCha8Rng) -> usize {
    let total: f64 = weights.iter().sum();
    let mut left = rng.random_range(0.0..1.0) * total;
    let mut last = 0;
    for (position, &weight) in weights.iter().enumerate() {
        if weight > 0.0 {
            last = position;
            if left < weight {
                break;
            }
            left -= weight;
        }
    }
    last
}

fn assign(embeddings: &Embeddings, centres: &[f32]) -> Vec<Nearest> {
    let packed = PackedRows::new(centres, embeddings.dim());
    map_rows(embeddings.as_slice(), &packed, |_, distances| {
        let first = Nearest {
            cluster: 0,
            distance: f64::INFINITY,
        };
        distances
            .iter()
            .enumerate()
            .fold(first, |best, (cluster, &distance)| {
                if distance < best.distance {
                    Nearest { cluster, distance }
                } else {
                    best
                }
            })
    })
}

/// Moves into each empty cluster the row that is farthest from its centre, of a cluster with other rows.
fn fill_empty_clusters(nearest: &mut [Nearest], k: usize) {
    let mut sizes = vec![0_usize; k];
    for row in &*nearest {
        sizes[row.cluster] += 1;
    }
    for cluster in 0..k {
        if sizes[cluster] > 0 {
            continue;
        }
        let farthest = nearest
            .iter_mut()
            .filter(|row| sizes[row.cluster] > 1)
            .max_by(|a, b| a.distance.total_cmp(&b.distance));
        if let Some(row) = farthest {
            sizes[row.cluster] -= 1;
            sizes[cluster] = 1;
            *row = Nearest {
                cluster,
                distance: 0.0,
            };
        }
    }
}

/// The mean row of each cluster.
fn centres(embeddings: &Embeddings, nearest: &[Nearest], k: usize) -> Vec<f32> {
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
