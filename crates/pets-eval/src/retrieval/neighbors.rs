//! The nearest rows of a gallery.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::distance::euclidean::euclidean;
use crate::distance::inner_products::Gallery;
use crate::embeddings::Embeddings;
use crate::embeddings::check_rows;
use crate::error::EvalError;
use crate::progress::{Progress, Steps};
use crate::retrieval::queries::Queries;
use crate::retrieval::smallest::{kth_smallest, positions};

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
/// The search is exact, ties included: what inner products in float32 cannot rule out by the bound of their error is
/// ranked by its distance in float64.
///
/// # Shapes
/// `query_rows` is row-major `[queries, gallery.dim()]`.
///
/// # Errors
/// When `k` is 0, the query rows are not whole rows of finite values, or `progress` ends it.
///
/// # Example
/// ```
/// use pets_eval::{Embeddings, search};
///
/// let gallery = Embeddings::new(vec![0.0, 0.0, 3.0, 4.0, 1.0, 0.0], 2, vec![0, 0, 1])?;
/// let nearest = search(&gallery, &[0.0, 0.0], 2, &())?;
/// assert_eq!(nearest[0][1].index, 2);
/// assert_eq!(nearest[0][1].distance, 1.0);
/// # Ok::<(), pets_eval::EvalError>(())
/// ```
pub fn search(
    gallery: &Embeddings,
    query_rows: &[f32],
    k: usize,
    progress: &dyn Progress,
) -> Result<Vec<Vec<Neighbor>>, EvalError> {
    check_k(k)?;
    check_rows(query_rows, gallery.dim())?;
    nearest_rows(gallery, query_rows, k, progress, |_| None)
}

/// The `k` nearest other rows of each row in `queries`, nearest first, ties by index: leave-one-out search.
///
/// # Errors
/// When `k` is 0, `queries` names a row that does not exist, or `progress` ends it.
pub fn nearest(
    embeddings: &Embeddings,
    queries: &[usize],
    k: usize,
    progress: &dyn Progress,
) -> Result<Vec<Vec<Neighbor>>, EvalError> {
    check_k(k)?;
    embeddings.check_indices(queries)?;
    nearest_to(Queries::leave_one_out(embeddings), queries, k, progress)
}

/// The `k` nearest gallery rows of the queries at `rows`, which must exist.
pub(crate) fn nearest_to(
    queries: Queries<'_>,
    rows: &[usize],
    k: usize,
    progress: &dyn Progress,
) -> Result<Vec<Vec<Neighbor>>, EvalError> {
    let query_rows = queries.queries().rows(rows);
    nearest_rows(queries.gallery(), &query_rows, k, progress, |position| {
        queries.left_out(rows[position])
    })
}

/// The `k` nearest gallery rows of every query.
pub(crate) fn nearest_to_all(
    queries: Queries<'_>,
    k: usize,
    progress: &dyn Progress,
) -> Result<Vec<Vec<Neighbor>>, EvalError> {
    let query_rows = queries.queries().as_slice();
    nearest_rows(queries.gallery(), query_rows, k, progress, |query| {
        queries.left_out(query)
    })
}

pub(crate) fn check_k(k: usize) -> Result<(), EvalError> {
    if k == 0 {
        return Err(EvalError::setting("k", &k, "it must be at least 1"));
    }
    Ok(())
}

/// The `k` nearest gallery rows of each query row, but for the row that `left_out(query)` names.
pub(crate) fn nearest_rows(
    gallery: &Embeddings,
    query_rows: &[f32],
    k: usize,
    progress: &dyn Progress,
    left_out: impl Fn(usize) -> Option<usize> + Sync,
) -> Result<Vec<Vec<Neighbor>>, EvalError> {
    let dim = gallery.dim();
    let steps = Steps::new(progress, (query_rows.len() / dim) as u64);
    let packed = Gallery::new(gallery.as_slice(), dim);
    packed.map_rows(query_rows, &steps, |position, values, error| {
        let left_out = left_out(position);
        let query = &query_rows[position * dim..(position + 1) * dim];
        let limit = f64::from(kth_smallest(values, k, left_out)) + 2.0 * error;
        let limit = (limit as f32).next_up();
        // NaN is not above the limit, and nothing is above NaN.
        let is_above = move |value: f32| value > limit;
        let mut nearest = Nearest::new(k);
        for index in positions(values, |value| !is_above(value)) {
            if Some(index) != left_out {
                let distance = euclidean(query, gallery.row(index));
                nearest.add(Neighbor { index, distance });
            }
        }
        nearest.ranked()
    })
}

/// The `k` nearest of the neighbours added; of many that are equally far no more are kept than `k`, and some.
struct Nearest {
    k: usize,
    found: Vec<Neighbor>,
    /// The `k`-th of those that were sorted out.
    farthest: Option<Neighbor>,
}

impl Nearest {
    /// Neighbours beyond `k` that are kept until they are sorted out.
    const SPARE: usize = 64;

    fn new(k: usize) -> Self {
        Self {
            k,
            found: Vec::new(),
            farthest: None,
        }
    }

    fn add(&mut self, neighbor: Neighbor) {
        if let Some(farthest) = &self.farthest
            && neighbor.rank_order(farthest).is_ge()
        {
            return;
        }
        self.found.push(neighbor);
        if self.found.len() >= self.k.saturating_mul(2).saturating_add(Self::SPARE) {
            self.sort_out();
            self.farthest = self.found.last().copied();
        }
    }

    fn sort_out(&mut self) {
        self.found.sort_unstable_by(Neighbor::rank_order);
        self.found.truncate(self.k);
    }

    fn ranked(mut self) -> Vec<Neighbor> {
        self.sort_out();
        self.found.shrink_to_fit();
        self.found
    }
}
