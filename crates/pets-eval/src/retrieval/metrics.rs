//! Recall, precision, R-precision, MAP@R and MRR.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::classes::Classes;
use crate::distance::inner_products::Gallery;
use crate::error::EvalError;
use crate::progress::{Progress, Steps};
use crate::retrieval::at_k::AtK;
use crate::retrieval::queries::Queries;
use crate::retrieval::queries::RelevantRows;
use crate::retrieval::ranking::{QueryResult, View, hits_within, relevant_ranks};

/// Retrieval quality: for every query the gallery is ranked by distance, ties by index. A gallery sample with the query's
/// label is relevant; a query without a relevant sample is left out. Leave-one-out, the gallery is all other samples.
///
/// Means over the kept queries, each `None` when no query was kept. Serialises flat, with the keys `recall@1`,
/// `precision@5`, `r_precision`, `map@r`, `mrr`, `queries` and so on, k ascending.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retrieval {
    /// Recall and precision at each k asked for.
    #[serde(flatten, with = "crate::retrieval::at_k")]
    pub at_k: BTreeMap<usize, AtK>,
    /// R-precision: share of relevant samples among the first R, R being the query's number of relevant samples.
    pub r_precision: Option<f64>,
    /// MAP@R (Musgrave et al. 2020, "A Metric Learning Reality Check").
    #[serde(rename = "map@r")]
    pub map_at_r: Option<f64>,
    /// Mean reciprocal rank of the first hit.
    pub mrr: Option<f64>,
    /// Queries kept.
    pub queries: usize,
    /// Queries left out because no sample of the gallery has their label.
    pub queries_left_out: usize,
    /// Each class of the queries by itself, labels ascending.
    pub classes: Vec<ClassRetrieval>,
    /// Why the metrics are undefined, where they are.
    pub undefined: Option<String>,
}

/// Retrieval quality of the queries of one class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassRetrieval {
    /// Label of the class.
    pub label: u32,
    /// Queries kept; leave-one-out, 0 for a class of one sample.
    pub queries: usize,
    /// Share of queries whose nearest sample has their label.
    #[serde(rename = "recall@1")]
    pub recall_at_1: Option<f64>,
    /// MAP@R over the class's queries.
    #[serde(rename = "map@r")]
    pub map_at_r: Option<f64>,
}

/// The summary of a retrieval evaluation and what it sums up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetrievalOutcome {
    /// Means over the queries.
    pub summary: Retrieval,
    /// Every query kept, in order of its row.
    pub per_query: Vec<QueryResult>,
}

/// Evaluates retrieval, leave-one-out where `&Embeddings` are given, with recall and precision at each of `k_values`.
///
/// Takes time in proportion to queries times gallery rows, and memory linear in them. Ranks are exact, ties included: what
/// inner products in float32 cannot tell by the bound of their error is told by distances in float64.
///
/// # Errors
/// When `k_values` is empty or holds 0, or `progress` ends it.
///
/// # Example
/// ```
/// use pets_eval::{Embeddings, evaluate_retrieval};
///
/// let embeddings = Embeddings::new(vec![0.0, 0.1, 1.0, 1.1], 1, vec![0, 0, 1, 1])?;
/// let outcome = evaluate_retrieval(&embeddings, &[1], &())?;
/// assert_eq!(outcome.summary.at_k[&1].recall, Some(1.0));
/// assert_eq!(outcome.per_query.len(), 4);
/// # Ok::<(), pets_eval::EvalError>(())
/// ```
pub fn evaluate_retrieval<'a>(
    queries: impl Into<Queries<'a>>,
    k_values: &[usize],
    progress: &dyn Progress,
) -> Result<RetrievalOutcome, EvalError> {
    check_k_values(k_values)?;
    let queries = queries.into();
    let deepest_k = k_values.iter().copied().max().unwrap_or(1);
    let gallery_classes = Classes::new(queries.gallery().labels());
    let (rows, gallery) = (queries.queries(), queries.gallery());
    let labels = rows.labels();
    let packed = Gallery::new(gallery.as_slice(), gallery.dim());
    let steps = Steps::new(progress, rows.len() as u64);
    let judged = packed.map_rows(rows.as_slice(), &steps, |query, values, error| {
        let label = labels[query];
        let relevant = RelevantRows::new(&gallery_classes, label, queries.left_out(query));
        let view = View {
            query: rows.row(query),
            gallery,
            values,
            error,
        };
        let ranks = relevant_ranks(&relevant, &view, deepest_k.max(relevant.count()));
        (!ranks.is_empty()).then(|| JudgedQuery {
            hits: k_values.iter().map(|&k| hits_within(&ranks, k)).collect(),
            result: QueryResult::new(query, label, relevant.count(), &ranks),
        })
    })?;
    let kept: Vec<JudgedQuery> = judged.into_iter().flatten().collect();
    let at_k = mean_at_k(k_values, &kept);
    let per_query: Vec<QueryResult> = kept.into_iter().map(|query| query.result).collect();
    Ok(RetrievalOutcome {
        summary: Retrieval {
            at_k,
            r_precision: mean(per_query.iter().map(|query| query.r_precision)),
            map_at_r: mean(per_query.iter().map(|query| query.average_precision_at_r)),
            mrr: mean(per_query.iter().map(|query| query.reciprocal_rank)),
            queries: per_query.len(),
            queries_left_out: labels.len() - per_query.len(),
            classes: per_class(&Classes::new(labels), &per_query),
            undefined: per_query.is_empty().then(|| {
                "no query has a relevant sample, that is another one with its label".into()
            }),
        },
        per_query,
    })
}

/// A query with its hits among the first k, for each k asked for.
struct JudgedQuery {
    result: QueryResult,
    hits: Vec<usize>,
}

fn check_k_values(k_values: &[usize]) -> Result<(), EvalError> {
    if k_values.is_empty() {
        return Err(EvalError::setting(
            "k_values",
            &"[]",
            "give at least one value of k, such as 1",
        ));
    }
    if k_values.contains(&0) {
        return Err(EvalError::setting(
            "k_values",
            &format!("{k_values:?}"),
            "every k must be at least 1",
        ));
    }
    Ok(())
}

fn mean_at_k(k_values: &[usize], kept: &[JudgedQuery]) -> BTreeMap<usize, AtK> {
    k_values
        .iter()
        .enumerate()
        .map(|(position, &k)| {
            let hits = || kept.iter().map(|query| query.hits[position]);
            let at_k = AtK {
                recall: mean(hits().map(|hits| if hits > 0 { 1.0 } else { 0.0 })),
                precision: mean(hits().map(|hits| hits as f64 / k as f64)),
            };
            (k, at_k)
        })
        .collect()
}

fn per_class(classes: &Classes, per_query: &[QueryResult]) -> Vec<ClassRetrieval> {
    let mut by_class: Vec<Vec<&QueryResult>> = vec![Vec::new(); classes.groups().len()];
    for query in per_query {
        by_class[classes.class_of()[query.index]].push(query);
    }
    classes
        .groups()
        .iter()
        .zip(by_class)
        .map(|(class, queries)| ClassRetrieval {
            label: class.label,
            queries: queries.len(),
            recall_at_1: mean(
                queries
                    .iter()
                    .map(|query| if query.first_hit == 1 { 1.0 } else { 0.0 }),
            ),
            map_at_r: mean(queries.iter().map(|query| query.average_precision_at_r)),
        })
        .collect()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = values.len();
    (count > 0).then(|| values.sum::<f64>() / count as f64)
}
