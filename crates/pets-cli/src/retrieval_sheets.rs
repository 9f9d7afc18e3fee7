//! Sheets of queries and what the model found for them.

use std::path::PathBuf;

use anyhow::Result;
use image::RgbImage;
use pets_data::decode;
use pets_eval::{Neighbor, nearest, search};
use pets_viz::{Picture, ResultTile, RetrievalRow, Tile, retrieval_sheet};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::judged::Judged;
use crate::outside_picture::{NamedPicture, values};

/// Images found for a query.
const RESULTS: usize = 5;

/// The best, the worst and random queries, by name.
pub(crate) fn retrieval_sheets(judged: &Judged) -> Result<Vec<(&'static str, Picture)>> {
    let config = &judged.candidate.config;
    let count = config.visualization.num_queries.min(judged.per_query.len());
    let mut by_precision: Vec<_> = judged.per_query.iter().collect();
    by_precision.sort_by(|a, b| {
        b.average_precision_at_r
            .total_cmp(&a.average_precision_at_r)
            .then(b.reciprocal_rank.total_cmp(&a.reciprocal_rank))
    });
    let sorted: Vec<usize> = by_precision.iter().map(|query| query.index).collect();
    let best = sorted[..count].to_vec();
    let worst = sorted.iter().rev().copied().take(count).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
    let random = rand::seq::index::sample(&mut rng, sorted.len(), count)
        .into_iter()
        .map(|place| sorted[place])
        .collect();
    [
        ("best", "The queries answered best", best),
        ("worst", "The queries answered worst", worst),
        ("random", "Random queries", random),
    ]
    .into_iter()
    .filter(|(_, _, queries): &(_, _, Vec<usize>)| !queries.is_empty())
    .map(|(name, title, queries)| Ok((name, sheet(judged, title, &queries)?)))
    .collect()
}

/// The test images most similar to pictures from anywhere, which show the breed of that name where
/// one is given.
pub(crate) fn outside_queries(
    judged: &Judged,
    pictures: &[PathBuf],
    breed: Option<&str>,
) -> Result<Picture> {
    let label = breed
        .map(|name| judged.candidate.materials.dataset.label_of(name))
        .transpose()?
        .map(|label| label as u32);
    let rows = pictures
        .iter()
        .map(|path| {
            let picture = NamedPicture::open(path)?;
            let embedding = values(judged.embedding_of(&picture.image)?);
            let found = search(&judged.embeddings, &embedding, RESULTS)?.concat();
            let query = Tile {
                image: picture.image,
                caption: picture.name,
            };
            row(judged, query, label, &found)
        })
        .collect::<Result<Vec<_>>>()?;
    let theme = judged.candidate.config.visualization.theme;
    Ok(retrieval_sheet(
        Some("The most similar test images"),
        theme,
        &rows,
    )?)
}

fn sheet(judged: &Judged, title: &str, queries: &[usize]) -> Result<Picture> {
    let found = nearest(&judged.embeddings, queries, RESULTS)?;
    let rows = queries
        .iter()
        .zip(found)
        .map(|(query, neighbors)| {
            let label = judged.embeddings.labels()[*query];
            let tile = Tile {
                image: test_image(judged, *query)?,
                caption: judged.breed_name(label),
            };
            row(judged, tile, Some(label), &neighbors)
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(retrieval_sheet(
        Some(title),
        judged.candidate.config.visualization.theme,
        &rows,
    )?)
}

fn row(
    judged: &Judged,
    query: Tile,
    label: Option<u32>,
    neighbors: &[Neighbor],
) -> Result<RetrievalRow> {
    let results = neighbors
        .iter()
        .map(|neighbor| {
            let found = judged.embeddings.labels()[neighbor.index];
            Ok(ResultTile {
                image: test_image(judged, neighbor.index)?,
                caption: judged.breed_name(found),
                similarity: cosine(neighbor.distance),
                correct: label.map(|label| label == found),
            })
        })
        .collect::<Result<_>>()?;
    Ok(RetrievalRow { query, results })
}

/// The cosine of two unit vectors at a Euclidean distance.
pub(crate) fn cosine(distance: f64) -> f32 {
    (1.0 - distance * distance / 2.0) as f32
}

/// The picture of a test image, by its position among the embeddings.
fn test_image(judged: &Judged, position: usize) -> Result<RgbImage> {
    let materials = &judged.candidate.materials;
    let sample = materials.split.test[position];
    Ok(decode(&materials.dataset.samples()[sample].path)?)
}
