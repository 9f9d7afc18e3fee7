//! The confusion matrix.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How often samples of one label were taken for which. Only what occurred is kept, so the matrix is small for any number
/// of classes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfusionMatrix {
    /// A row for each label that was classified, ascending.
    pub rows: Vec<ConfusionRow>,
}

/// The samples of one label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfusionRow {
    /// The label.
    pub label: u32,
    /// Number of samples by the label that they were taken for.
    pub predicted: BTreeMap<u32, u64>,
}

impl ConfusionMatrix {
    /// From pairs of a sample's label and the label that it was taken for.
    pub(crate) fn new(classified: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut rows: BTreeMap<u32, BTreeMap<u32, u64>> = BTreeMap::new();
        for (label, predicted) in classified {
            *rows.entry(label).or_default().entry(predicted).or_default() += 1;
        }
        Self {
            rows: rows
                .into_iter()
                .map(|(label, predicted)| ConfusionRow { label, predicted })
                .collect(),
        }
    }

    /// Samples classified.
    pub fn total(&self) -> u64 {
        self.rows
            .iter()
            .flat_map(|row| row.predicted.values())
            .sum()
    }

    /// Samples taken for what they are.
    pub fn correct(&self) -> u64 {
        self.rows
            .iter()
            .filter_map(|row| row.predicted.get(&row.label))
            .sum()
    }
}
