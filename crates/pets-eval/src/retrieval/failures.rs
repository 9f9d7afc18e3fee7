//! The worst failures of retrieval.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::error::EvalError;
use crate::progress::Progress;
use crate::retrieval::neighbors::{check_k, nearest_to};
use crate::retrieval::queries::Queries;
use crate::retrieval::ranking::QueryResult;

/// A query whose nearest sample has another label, and what was retrieved instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Row of the query.
    pub query: usize,
    /// Its label.
    pub label: u32,
    /// Rank of the nearest sample of its label, from 1.
    pub first_hit: usize,
    /// The nearest samples of the gallery, nearest first.
    pub retrieved: Vec<Retrieved>,
}

/// A gallery sample that was retrieved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Retrieved {
    /// Row of the gallery.
    pub index: usize,
    /// Its label.
    pub label: u32,
    /// Euclidean distance to the query.
    pub distance: f64,
}

/// The up to `count` worst failures among the results that [`evaluate_retrieval`](crate::evaluate_retrieval) gave for
/// the same queries, each with the `k` samples nearest to it: those whose first hit ranks lowest first, then those of
/// the smallest average precision, then by row. Queries whose nearest sample is right are no failures.
///
/// # Errors
/// When `k` is 0, a result is of a row that does not exist, or `progress` ends it.
pub fn worst_failures<'a>(
    queries: impl Into<Queries<'a>>,
    per_query: &[QueryResult],
    count: usize,
    k: usize,
    progress: &dyn Progress,
) -> Result<Vec<Failure>, EvalError> {
    check_k(k)?;
    let queries = queries.into();
    let mut failed: Vec<&QueryResult> = per_query
        .iter()
        .filter(|query| query.first_hit > 1)
        .collect();
    failed.sort_by(|a, b| {
        Reverse(a.first_hit)
            .cmp(&Reverse(b.first_hit))
            .then(
                a.average_precision_at_r
                    .total_cmp(&b.average_precision_at_r),
            )
            .then(a.index.cmp(&b.index))
    });
    failed.truncate(count);
    let rows: Vec<usize> = failed.iter().map(|query| query.index).collect();
    queries.queries().check_indices(&rows)?;
    let labels = queries.gallery().labels();
    let found = nearest_to(queries, &rows, k, progress)?;
    Ok(failed
        .into_iter()
        .zip(found)
        .map(|(query, neighbors)| Failure {
            query: query.index,
            label: query.label,
            first_hit: query.first_hit,
            retrieved: neighbors
                .into_iter()
                .map(|neighbor| Retrieved {
                    index: neighbor.index,
                    label: labels[neighbor.index],
                    distance: neighbor.distance,
                })
                .collect(),
        })
        .collect())
}
