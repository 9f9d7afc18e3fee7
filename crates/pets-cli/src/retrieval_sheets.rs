//! Sheets of queries and what the model found for them.

use anyhow::Result;
use image::RgbImage;
use pets_data::decode;
use pets_eval::{Neighbor, nearest};
use pets_viz::{Picture, ResultTile, RetrievalRow, Tile, retrieval_sheet};

use crate::judged::Judged;

/// Images found for a query.
const RESULTS: usize = 5;

/// The best, the worst, and evenly chosen queries, by name.
pub(crate) fn retrieval_sheets(judged: &Judged) -> Result<Vec<(&'static str, Picture)>> {
    let count = judged.candidate.config.visualization.num_queries;
    let mut by_precision: Vec<_> = judged.per_query.iter().collect();
    by_precision.sort_by(|a, b| {
        b.average_precision_at_r
            .total_cmp(&a.average_precision_at_r)
            .then(b.reciprocal_rank.total_cmp(&a.reciprocal_rank))
    });
    let sorted: Vec<usize> = by_precision.iter().map(|query| query.index).collect();
    let kept: Vec<usize> = judged.per_query.iter().map(|query| query.index).collect();
    let best = sorted.iter().copied().take(count).collect();
    let worst = sorted.iter().rev().copied().take(count).collect();
    [
        ("best", "The queries answered best", best),
        ("worst", "The queries answered worst", worst),
        (
            "typical",
            "Queries from all over the test images",
            evenly(&kept, count),
        ),
    ]
    .into_iter()
    .filter(|(_, _, queries): &(_, _, Vec<usize>)| !queries.is_empty())
    .map(|(name, title, queries)| Ok((name, sheet(judged, title, &queries)?)))
    .collect()
}

/// `count` of the items at equal steps.
pub(crate) fn evenly(items: &[usize], count: usize) -> Vec<usize> {
    let count = count.min(items.len());
    (0..count)
        .map(|step| items[(2 * step + 1) * items.len() / (2 * count)])
        .collect()
}

fn sheet(judged: &Judged, title: &str, queries: &[usize]) -> Result<Picture> {
    let found = nearest(&judged.embeddings, queries, RESULTS)?;
    let rows = queries
        .iter()
        .zip(found)
        .map(|(query, neighbors)| row(judged, *query, &neighbors))
        .collect::<Result<Vec<_>>>()?;
    Ok(retrieval_sheet(Some(title), &rows)?)
}

fn row(judged: &Judged, query: usize, neighbors: &[Neighbor]) -> Result<RetrievalRow> {
    let labels = judged.embeddings.labels();
    let results = neighbors
        .iter()
        .map(|neighbor| {
            Ok(ResultTile {
                image: test_image(judged, neighbor.index)?,
                caption: breed_of(judged, neighbor.index),
                similarity: cosine(neighbor.distance),
                correct: labels[neighbor.index] == labels[query],
            })
        })
        .collect::<Result<_>>()?;
    Ok(RetrievalRow {
        query: Tile {
            image: test_image(judged, query)?,
            caption: breed_of(judged, query),
        },
        results,
    })
}

/// The cosine of two unit vectors at a Euclidean distance.
pub(crate) fn cosine(distance: f64) -> f32 {
    (1.0 - distance * distance / 2.0) as f32
}

/// The picture of a test image, by its position among the embeddings.
pub(crate) fn test_image(judged: &Judged, position: usize) -> Result<RgbImage> {
    let sample = judged.candidate.materials.split.test[position];
    Ok(decode(
        &judged.candidate.materials.dataset.samples()[sample].path,
    )?)
}

/// The breed of a test image, by its position among the embeddings.
pub(crate) fn breed_of(judged: &Judged, position: usize) -> String {
    judged.breed_name(judged.embeddings.labels()[position])
}
