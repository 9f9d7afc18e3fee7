//! The ranks of the relevant rows, and how a query fared.

use serde::{Deserialize, Serialize};

use crate::distance::euclidean::euclidean;
use crate::distance::inner_products::squared_norm;
use crate::embeddings::Embeddings;
use crate::retrieval::neighbors::Neighbor;
use crate::retrieval::queries::RelevantRows;
use crate::retrieval::smallest::{count_below, kth_smallest, positions};

/// How one query fared when the gallery was ranked by distance to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueryResult {
    /// Row of the query.
    pub index: usize,
    /// Label of the query.
    pub label: u32,
    /// Number R of gallery samples with its label, itself left out.
    pub relevant: usize,
    /// Rank of the nearest relevant sample, from 1.
    pub first_hit: usize,
    /// 1 / `first_hit`.
    pub reciprocal_rank: f64,
    /// Share of relevant samples among the first R.
    pub r_precision: f64,
    /// Average precision at R: `1/R * sum over i = 1..R of precision@i * [i-th is relevant]`.
    #[serde(rename = "average_precision@r")]
    pub average_precision_at_r: f64,
}

impl QueryResult {
    /// From the number of relevant samples and those of their ranks, ascending, that are the first or up to that number.
    pub(crate) fn new(index: usize, label: u32, relevant: usize, ranks: &[usize]) -> Self {
        let within_r = hits_within(ranks, relevant);
        // The sum of nothing is -0.
        let precisions = ranks[..within_r]
            .iter()
            .zip(1..)
            .fold(0.0, |sum, (&rank, hits)| {
                sum + f64::from(hits) / rank as f64
            });
        Self {
            index,
            label,
            relevant,
            first_hit: ranks[0],
            reciprocal_rank: 1.0 / ranks[0] as f64,
            r_precision: within_r as f64 / relevant as f64,
            average_precision_at_r: precisions / relevant as f64,
        }
    }
}

/// How many of the ascending `ranks` are among the first `k`.
pub(crate) fn hits_within(ranks: &[usize], k: usize) -> usize {
    ranks.partition_point(|&rank| rank <= k)
}

/// The gallery as one query sees it.
pub(crate) struct View<'a> {
    pub(crate) query: &'a [f32],
    pub(crate) gallery: &'a Embeddings,
    /// For each gallery row about the squared distance, less the squared length of the query.
    pub(crate) values: &'a [f32],
    /// How far they may be off.
    pub(crate) error: f64,
}

impl View<'_> {
    fn neighbor(&self, index: usize) -> Neighbor {
        let distance = euclidean(self.query, self.gallery.row(index));
        Neighbor { index, distance }
    }

    /// What the value of a row at that distance is, but for the error.
    fn value(&self, neighbor: Neighbor) -> f64 {
        neighbor.distance.powi(2) - squared_norm(self.query)
    }
}

/// Ranks, from 1 and ascending, of the relevant rows when the gallery, without the query, is ranked by distance, ties by
/// index: the first of them, all up to `depth`, and perhaps some after. Empty when no row is relevant.
///
/// Only the relevant rows are sorted; the others are counted in the gap between two relevant rows where they fall. Exact
/// distances are taken of the relevant rows, and of those that may lie between them.
pub(crate) fn relevant_ranks(
    relevant_rows: &RelevantRows<'_>,
    view: &View<'_>,
    depth: usize,
) -> Vec<usize> {
    let mut relevant: Vec<Neighbor> = relevant_rows
        .iter()
        .map(|index| view.neighbor(index))
        .collect();
    relevant.sort_unstable_by(Neighbor::rank_order);
    // The query itself may be among the nearest.
    let reach = f64::from(kth_smallest(view.values, depth.saturating_add(1), None));
    let within = relevant.partition_point(|&hit| view.value(hit) <= reach + 2.0 * view.error);
    relevant.truncate(within.max(1));
    let (Some(&nearest), Some(&farthest)) = (relevant.first(), relevant.last()) else {
        return Vec::new();
    };

    let below = ((view.value(nearest) - view.error) as f32).next_down();
    let above = ((view.value(farthest) + view.error) as f32).next_up();
    let mut before = vec![0; relevant.len()];
    before[0] = count_below(view.values, below);
    if let Some(query) = relevant_rows.left_out
        && view.values[query] < below
    {
        before[0] -= 1;
    }
    // NaN is neither.
    let is_between = move |value: f32| !(value < below || value > above);
    for index in positions(view.values, is_between) {
        if relevant_rows.is_irrelevant(index) {
            let sample = view.neighbor(index);
            let gap = relevant.partition_point(|hit| hit.rank_order(&sample).is_lt());
            if let Some(count) = before.get_mut(gap) {
                *count += 1;
            }
        }
    }
    let mut irrelevant = 0;
    before
        .iter()
        .zip(1..)
        .map(|(&count, position)| {
            irrelevant += count;
            position + irrelevant
        })
        .collect()
}
