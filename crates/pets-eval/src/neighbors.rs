use std::cmp::Ordering;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use crate::distance::{PackedRows, map_rows};
use crate::embeddings::check_rows;
use crate::{Embeddings, EvalError, Queries};

/// A gallery row and its Euclidean distance to a query.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Neighbor {
    /// Row of the gallery, from 0.
    pub index: usize,
    /// Euclidean distance to the query.
    pub distance: f64,
}

impl Neighbor {
    /// The order of a ranking: by distance, ties by index.
    pub(crate) fn rank_order(&self, other: &Self) -> Ordering {
        self.distance
            .total_cmp(&other.distance)
            .then(self.index.cmp(&other.index))
    }
}

/// The `k` nearest gallery rows of each query, nearest first, ties by index; all of them where the gallery has fewer.
///
/// The search is exact: every distance is computed in float64.
///
/// # Shapes
/// `query_rows` is row-major `[queries, gallery.dim()]`.
///
/// # Errors
/// When `k` is 0, or the query rows are not whole rows of finite values.
///
/// # Example
/// ```
/// use pets_eval::{Embeddings, search};
///
/// let gallery = Embeddings::new(vec![0.0, 0.0, 3.0, 4.0, 1.0, 0.0], 2, vec![0, 0, 1])?;
/// let nearest = search(&gallery, &[0.0, 0.0], 2)?;
/// assert_eq!(nearest[0][1].index, 2);
/// assert_eq!(nearest[0][1].distance, 1.0);
/// # Ok::<(), pets_eval::EvalError>(())
/// ```
pub fn search(
    gallery: &Embeddings,
    query_rows: &[f32],
    k: usize,
) -> Result<Vec<Vec<Neighbor>>, EvalError> {
    check_k(k)?;
    check_rows(query_rows, gallery.dim())?;
    let packed = PackedRows::new(gallery.as_slice(), gallery.dim());
    Ok(map_rows(query_rows, &packed, |_, distances| {
        nearest_of(distances, k, None)
    }))
}

/// The `k` nearest other rows of each row in `queries`, nearest first, ties by index: leave-one-out search.
///
/// # Errors
/// When `k` is 0, or `queries` names a row that does not exist.
pub fn nearest(
    embeddings: &Embeddings,
    queries: &[usize],
    k: usize,
) -> Result<Vec<Vec<Neighbor>>, EvalError> {
    check_k(k)?;
    embeddings.check_indices(queries)?;
    Ok(nearest_to(Queries::leave_one_out(embeddings), queries, k))
}

/// The `k` nearest gallery rows of the queries at `rows`, which must exist.
pub(crate) fn nearest_to(queries: Queries<'_>, rows: &[usize], k: usize) -> Vec<Vec<Neighbor>> {
    queries.map_at(rows, |query, distances| {
        nearest_of(distances, k, queries.left_out(query))
    })
}

pub(crate) fn check_k(k: usize) -> Result<(), EvalError> {
    if k == 0 {
        return Err(EvalError::setting("k", &k, "it must be at least 1"));
    }
    Ok(())
}

/// Keeps the best `k` in a heap whose top is the worst of them.
pub(crate) fn nearest_of(distances: &[f64], k: usize, left_out: Option<usize>) -> Vec<Neighbor> {
    let mut best: BinaryHeap<Ranked> = BinaryHeap::with_capacity(k.min(distances.len()) + 1);
    for (index, &distance) in distances.iter().enumerate() {
        let full = best.len() == k;
        // Rows come in order of index, so a tie with the worst kept is ranked behind it.
        if full
            && best
                .peek()
                .is_some_and(|worst| distance >= worst.0.distance)
        {
            continue;
        }
        if left_out == Some(index) {
            continue;
        }
        if full {
            best.pop();
        }
        best.push(Ranked(Neighbor { index, distance }));
    }
    best.into_sorted_vec()
        .into_iter()
        .map(|Ranked(neighbor)| neighbor)
        .collect()
}

/// A neighbour ordered by rank.
struct Ranked(Neighbor);

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.rank_order(&other.0)
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked {}
