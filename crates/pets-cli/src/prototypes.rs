//! The mean embedding of each breed.

use std::collections::BTreeMap;

use pets_eval::Embeddings;

/// For each label the mean of its embeddings, divided by its length.
pub(crate) struct Prototypes {
    rows: BTreeMap<u32, Vec<f32>>,
}

impl Prototypes {
    /// The prototypes of the labels in `embeddings`.
    pub(crate) fn of(embeddings: &Embeddings) -> Self {
        let mut rows: BTreeMap<u32, Vec<f32>> = BTreeMap::new();
        for (index, label) in embeddings.labels().iter().enumerate() {
            let sum = rows
                .entry(*label)
                .or_insert_with(|| vec![0.0; embeddings.dim()]);
            for (sum, value) in sum.iter_mut().zip(embeddings.row(index)) {
                *sum += value;
            }
        }
        for row in rows.values_mut() {
            let length = dot(row, row).sqrt().max(f32::MIN_POSITIVE);
            for value in row {
                *value /= length;
            }
        }
        Self { rows }
    }

    /// The prototype of a label that occurs among the embeddings.
    pub(crate) fn of_breed(&self, label: u32) -> &[f32] {
        &self.rows[&label]
    }

    /// The label whose prototype is the most similar to an embedding.
    pub(crate) fn nearest(&self, embedding: &[f32]) -> u32 {
        self.rows
            .iter()
            .max_by(|a, b| dot(a.1, embedding).total_cmp(&dot(b.1, embedding)))
            .map(|(label, _)| *label)
            .expect("embeddings hold at least one sample")
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
