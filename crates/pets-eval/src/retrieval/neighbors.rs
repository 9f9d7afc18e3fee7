//! The nearest rows of a gallery.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use crate::distance::euclidean::euclidean;
use crate::distance::inner_products::Gallery;
use crate::embeddings::Embeddings;
use crate::embeddings::check_rows;
use crate::error::EvalError;
use crate::retrieval::queries::Queries;

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
    Ok(nearest_rows(gallery, query_rows, k, |_| None))
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
    let query_rows = queries.queries().rows(rows);
    nearest_rows(queries.gallery(), &query_rows, k, |position| {
        queries.left_out(rows[position])
    })
}

/// The `k` nearest gallery rows of every query.
pub(crate) fn nearest_to_all(queries: Queries<'_>, k: usize) -> Vec<Vec<Neighbor>> {
    let query_rows = queries.queries().as_slice();
    nearest_rows(queries.gallery(), query_rows, k, |query| {
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
fn nearest_rows(
    gallery: &Embeddings,
    query_rows: &[f32],
    k: usize,
    left_out: impl Fn(usize) -> Option<usize> + Sync,
) -> Vec<Vec<Neighbor>> {
    let dim = gallery.dim();
    Gallery::new(gallery.as_slice(), dim).map_rows(query_rows, |position, values, error| {
        let left_out = left_out(position);
        let query = &query_rows[position * dim..(position + 1) * dim];
        let limit = f64::from(kth_smallest(values, k, left_out)) + 2.0 * error;
        let mut nearest: Vec<Neighbor> = not_above(values, limit)
            .filter(|&index| Some(index) != left_out)
            .map(|index| Neighbor {
                index,
                distance: euclidean(query, &gallery.as_slice()[index * dim..(index + 1) * dim]),
            })
            .collect();
        nearest.sort_unstable_by(Neighbor::rank_order);
        nearest.truncate(k);
        nearest
    })
}

/// The `k`-th smallest value; infinite where there are fewer that are numbers.
fn kth_smallest(values: &[f32], k: usize, left_out: Option<usize>) -> f32 {
    let mut smallest: BinaryHeap<Value> = BinaryHeap::with_capacity(k.min(values.len()) + 1);
    let mut limit = f32::INFINITY;
    for (chunk, first) in values.chunks(CHUNK).zip((0..).step_by(CHUNK)) {
        if !any(chunk, |value| value < limit) {
            continue;
        }
        for (&value, index) in chunk.iter().zip(first..) {
            if value < limit && Some(index) != left_out {
                smallest.push(Value(value));
                if smallest.len() > k {
                    smallest.pop();
                }
                if let (true, Some(largest)) = (smallest.len() == k, smallest.peek()) {
                    limit = largest.0;
                }
            }
        }
    }
    limit
}

/// Where values are that are not above `limit`: NaN is not, and nothing is above NaN.
fn not_above(values: &[f32], limit: f64) -> impl Iterator<Item = usize> {
    let limit = (limit as f32).next_up();
    let is_above = move |value: f32| value > limit;
    values
        .chunks(CHUNK)
        .zip((0..).step_by(CHUNK))
        .filter(move |(chunk, _)| any(chunk, |value| !is_above(value)))
        .flat_map(move |(chunk, first)| {
            let values = chunk.iter().zip(first..);
            values.filter_map(move |(&value, index)| (!is_above(value)).then_some(index))
        })
}

/// Whether `holds` for one of the values, without a jump for each.
fn any(values: &[f32], holds: impl Fn(f32) -> bool) -> bool {
    values
        .iter()
        .fold(0, |any, &value| any | u32::from(holds(value)))
        != 0
}

/// Values that are compared with the limit at a time.
const CHUNK: usize = 32;

/// A value in its order; never NaN.
struct Value(f32);

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Value {}
