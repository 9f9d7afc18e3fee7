//! Classification by the k nearest neighbours.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::classification::confusion::ConfusionMatrix;
use crate::error::EvalError;
use crate::progress::Progress;
use crate::retrieval::neighbors::{Neighbor, check_k, nearest_to_all};
use crate::retrieval::queries::Queries;

/// Accuracy of labelling queries by their nearest gallery samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnnClassification {
    /// Number of neighbours that vote; all samples of a gallery that has fewer.
    pub k: usize,
    /// Share of queries given their own label; `None` where there is no gallery sample to vote. A query whose label the
    /// gallery lacks counts as wrong.
    pub accuracy: Option<f64>,
    /// Queries classified.
    pub queries: u64,
    /// What the queries were taken for.
    pub confusion: ConfusionMatrix,
    /// Why the accuracy is undefined, where it is.
    pub undefined: Option<String>,
}

/// Classifies every query by the majority of its `k` nearest gallery samples, each with one vote; leave-one-out where
/// `&Embeddings` are given. Of labels with equally many votes, the one with the nearest voter wins.
///
/// # Errors
/// When `k` is 0, or `progress` ends it.
///
/// # Example
/// ```
/// use pets_eval::{Embeddings, Queries, evaluate_knn};
///
/// let gallery = Embeddings::new(vec![0.0, 0.1, 1.0, 1.1], 1, vec![0, 0, 1, 1])?;
/// let queries = Embeddings::new(vec![0.2, 0.9], 1, vec![0, 1])?;
/// let found = evaluate_knn(Queries::against(&queries, &gallery)?, 3, &())?;
/// assert_eq!(found.accuracy, Some(1.0));
/// # Ok::<(), pets_eval::EvalError>(())
/// ```
pub fn evaluate_knn<'a>(
    queries: impl Into<Queries<'a>>,
    k: usize,
    progress: &dyn Progress,
) -> Result<KnnClassification, EvalError> {
    check_k(k)?;
    let queries = queries.into();
    let gallery_labels = queries.gallery().labels();
    let nearest = nearest_to_all(queries, k, progress)?;
    let predicted = nearest
        .iter()
        .map(|neighbors| majority(neighbors, gallery_labels));
    let classified = queries
        .queries()
        .labels()
        .iter()
        .zip(predicted)
        .filter_map(|(&label, predicted)| Some((label, predicted?)));
    let confusion = ConfusionMatrix::new(classified);
    let total = confusion.total();
    Ok(KnnClassification {
        k,
        accuracy: (total > 0).then(|| confusion.correct() as f64 / total as f64),
        queries: total,
        confusion,
        undefined: (total == 0).then(|| "there is only one sample, so it has no neighbour".into()),
    })
}

/// The label with the most votes, of equals the one that comes first among the neighbours.
fn majority(neighbors: &[Neighbor], labels: &[u32]) -> Option<u32> {
    let mut votes: BTreeMap<u32, usize> = BTreeMap::new();
    for neighbor in neighbors {
        *votes.entry(labels[neighbor.index]).or_default() += 1;
    }
    let most = votes.values().max()?;
    neighbors
        .iter()
        .map(|neighbor| labels[neighbor.index])
        .find(|label| &votes[label] == most)
}
