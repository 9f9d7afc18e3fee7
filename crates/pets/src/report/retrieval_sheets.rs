//! Sheets of queries and what the model found for them.

use image::RgbImage;
use pets_data::decode;
use pets_eval::{Embeddings, Neighbor, nearest, search};
use pets_viz::{Picture, ResultTile, RetrievalRow, Theme, Tile, retrieval_sheet};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::dataset::PreparedDataset;
use crate::error::Error;
use crate::evaluation::{EvaluatedModel, for_people};
use crate::explanation::QueryImage;
use crate::model::{Model, values};

/// Images found for a query.
const RESULTS: usize = 5;

/// Test images and their embeddings, in which queries are sought.
#[derive(Debug, Clone, Copy)]
pub struct Gallery<'a> {
    /// The dataset whose test images they are.
    pub data: &'a PreparedDataset,
    /// Their embeddings, in the order of the split's test part.
    pub embeddings: &'a Embeddings,
}

/// The best, the worst and `count` random queries, by name.
pub(super) fn retrieval_sheets(
    evaluated: &EvaluatedModel,
    count: usize,
    seed: u64,
    theme: Theme,
) -> Result<Vec<(&'static str, Picture)>, Error> {
    let gallery = Gallery {
        data: &evaluated.data,
        embeddings: &evaluated.embeddings,
    };
    let count = count.min(evaluated.per_query.len());
    let mut by_precision: Vec<_> = evaluated.per_query.iter().collect();
    by_precision.sort_by(|a, b| {
        b.average_precision_at_r
            .total_cmp(&a.average_precision_at_r)
            .then(b.reciprocal_rank.total_cmp(&a.reciprocal_rank))
    });
    let sorted: Vec<usize> = by_precision.iter().map(|query| query.index).collect();
    let best = sorted[..count].to_vec();
    let worst = sorted.iter().rev().copied().take(count).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
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
    .map(|(name, title, queries)| Ok((name, gallery.sheet(title, &queries, theme)?)))
    .collect()
}

/// The images of a gallery most similar to pictures from anywhere, which show the class `label` where that is given.
///
/// # Errors
///
/// [`Error::Data`] where a picture of the gallery cannot be read, [`Error::Viz`] where there is nothing to draw.
pub fn query_sheet(
    model: &Model,
    gallery: Gallery<'_>,
    queries: Vec<QueryImage>,
    label: Option<u32>,
    theme: Theme,
) -> Result<Picture, Error> {
    let rows = queries
        .into_iter()
        .map(|query| {
            let embedding = values(model.forward(model.input_of(&query.pixels)?));
            let found = search(gallery.embeddings, &embedding, RESULTS, &())?.concat();
            let query = Tile {
                image: query.pixels,
                caption: query.name,
            };
            gallery.row(query, label, &found)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(retrieval_sheet(
        Some("The most similar test images"),
        theme,
        &rows,
    )?)
}

impl Gallery<'_> {
    fn sheet(self, title: &str, queries: &[usize], theme: Theme) -> Result<Picture, Error> {
        let found = nearest(self.embeddings, queries, RESULTS, &())?;
        let rows = queries
            .iter()
            .zip(found)
            .map(|(query, neighbors)| {
                let label = self.embeddings.labels()[*query];
                let tile = Tile {
                    image: self.image(*query)?,
                    caption: self.breed_name(label),
                };
                self.row(tile, Some(label), &neighbors)
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(retrieval_sheet(Some(title), theme, &rows)?)
    }

    fn row(
        self,
        query: Tile,
        label: Option<u32>,
        neighbors: &[Neighbor],
    ) -> Result<RetrievalRow, Error> {
        let results = neighbors
            .iter()
            .map(|neighbor| {
                let found = self.embeddings.labels()[neighbor.index];
                Ok(ResultTile {
                    image: self.image(neighbor.index)?,
                    caption: self.breed_name(found),
                    similarity: cosine(neighbor.distance),
                    correct: label.map(|label| label == found),
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(RetrievalRow { query, results })
    }

    /// The picture behind a row of the embeddings.
    fn image(self, row: usize) -> Result<RgbImage, Error> {
        let sample = self.data.split.test[row];
        Ok(decode(&self.data.dataset.samples()[sample].path)?.into_image())
    }

    fn breed_name(self, label: u32) -> String {
        for_people(self.data.class_name(label as usize))
    }
}

/// The cosine of two unit vectors at a Euclidean distance.
pub(super) fn cosine(distance: f64) -> f32 {
    (1.0 - distance * distance / 2.0) as f32
}
