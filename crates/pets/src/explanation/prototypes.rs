//! The mean embedding of each breed.

use std::collections::BTreeMap;

use pets_eval::Embeddings;

use crate::evaluation::label_name;

/// For each label the mean of its embeddings, divided by its length.
#[derive(Debug, Clone, PartialEq)]
pub struct Prototypes {
    rows: BTreeMap<u32, Vec<f32>>,
    names: Vec<String>,
}

impl Prototypes {
    /// The prototypes of the labels in `embeddings`, whose names are `class_names`.
    pub fn of(embeddings: &Embeddings, class_names: Vec<String>) -> Self {
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
        Self {
            rows,
            names: class_names,
        }
    }

    /// The prototype of a label, where it occurs among the embeddings.
    pub fn get(&self, label: u32) -> Option<&[f32]> {
        self.rows.get(&label).map(Vec::as_slice)
    }

    /// The label whose prototype is the most similar to an embedding, and that prototype; none among no embeddings.
    pub fn nearest(&self, embedding: &[f32]) -> Option<(u32, &[f32])> {
        self.rows
            .iter()
            .max_by(|a, b| dot(a.1, embedding).total_cmp(&dot(b.1, embedding)))
            .map(|(label, row)| (*label, row.as_slice()))
    }

    /// The name of a label, for people.
    pub fn name(&self, label: u32) -> String {
        label_name(&self.names, label)
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
