//! The ranks of the relevant rows, and how a query fared.

use serde::{Deserialize, Serialize};

use crate::retrieval::neighbors::Neighbor;
use crate::retrieval::queries::RelevantRows;

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
        let precisions: f64 = ranks[..within_r]
            .iter()
            .zip(1..)
            .map(|(&rank, hits)| f64::from(hits) / rank as f64)
            .sum();
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

/// Ranks, from 1 and ascending, of the relevant rows when the gallery, without the query, is ranked by distance, ties by
/// index: the first of them, and all up to `depth`. Empty when no row is relevant.
///
/// Only the relevant rows are sorted; the others are counted in the gap between two relevant rows where they fall.
pub(crate) fn relevant_ranks(
    relevant_rows: &RelevantRows<'_>,
    distances: &[f64],
    depth: usize,
) -> Vec<usize> {
    let mut relevant: Vec<Neighbor> = relevant_rows
        .iter()
        .map(|index| Neighbor {
            index,
            distance: distances[index],
        })
        .collect();
    relevant.sort_unstable_by(Neighbor::rank_order);
    let reach = distance_at(depth, distances);
    let within = relevant.partition_point(|hit| hit.distance <= reach);
    relevant.truncate(within.max(1));
    let Some(&farthest) = relevant.last() else {
        return Vec::new();
    };

    let mut before = vec![0; relevant.len()];
    for (index, &distance) in distances.iter().enumerate() {
        if distance > farthest.distance || !relevant_rows.is_irrelevant(index) {
            continue;
        }
        let sample = Neighbor { index, distance };
        let gap = relevant.partition_point(|hit| hit.rank_order(&sample).is_lt());
        if let Some(count) = before.get_mut(gap) {
            *count += 1;
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

/// The distance beyond which no row has a rank up to `depth`, also where the distances include the query's own.
fn distance_at(depth: usize, distances: &[f64]) -> f64 {
    if depth >= distances.len() {
        return f64::INFINITY;
    }
    *distances
        .to_vec()
        .select_nth_unstable_by(depth, f64::total_cmp)
        .1
}
