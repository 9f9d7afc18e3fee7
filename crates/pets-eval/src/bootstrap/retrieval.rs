//! Bootstrap of retrieval metrics over the queries.

use serde::{Deserialize, Serialize};

use crate::bootstrap::resampling::{BootstrapConfig, Difference, Interval};
use crate::error::EvalError;
use crate::progress::{Progress, Steps};
use crate::retrieval::ranking::QueryResult;

const NO_QUERY: &str = "no query has a relevant sample";

/// How far retrieval metrics would vary with other queries: the queries are resampled, the gallery stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetrievalIntervals {
    /// Of Recall@1.
    #[serde(rename = "recall@1")]
    pub recall_at_1: Option<Interval>,
    /// Of MAP@R.
    #[serde(rename = "map@r")]
    pub map_at_r: Option<Interval>,
    /// How the queries were resampled.
    #[serde(flatten)]
    pub config: BootstrapConfig,
    /// Why the intervals are undefined, where they are.
    pub undefined: Option<String>,
}

/// Two models' retrieval of the same queries, by a paired bootstrap: each resample of the queries judges both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetrievalComparison {
    /// Of Recall@1.
    #[serde(rename = "recall@1")]
    pub recall_at_1: Option<Difference>,
    /// Of MAP@R.
    #[serde(rename = "map@r")]
    pub map_at_r: Option<Difference>,
    /// Queries compared.
    pub queries: usize,
    /// How the queries were resampled.
    #[serde(flatten)]
    pub config: BootstrapConfig,
    /// Why the differences are undefined, where they are.
    pub undefined: Option<String>,
}

/// 95 % intervals of Recall@1 and MAP@R from the queries' results.
///
/// # Errors
/// When the number of resamples is out of range, or `progress` ends it.
pub fn bootstrap_retrieval(
    per_query: &[QueryResult],
    config: BootstrapConfig,
    progress: &dyn Progress,
) -> Result<RetrievalIntervals, EvalError> {
    config.check()?;
    let values: Vec<[f64; 2]> = per_query.iter().map(metrics).collect();
    let means = resampled_means(&values, config, progress)?;
    let interval = |metric: usize| {
        (!values.is_empty()).then(|| Interval::of(means.iter().map(|means| means[metric])))
    };
    Ok(RetrievalIntervals {
        recall_at_1: interval(0),
        map_at_r: interval(1),
        config,
        undefined: values.is_empty().then(|| NO_QUERY.into()),
    })
}

/// Compares the results of two models for the same queries.
///
/// # Errors
/// When the number of resamples is out of range, the results are not of the same queries, or `progress` ends it.
///
/// # Example
/// ```
/// use pets_eval::{BootstrapConfig, Embeddings, compare_retrieval, evaluate_retrieval};
///
/// let labels = vec![0, 0, 1, 1];
/// let good = Embeddings::new(vec![0.0, 0.1, 1.0, 1.1], 1, labels.clone())?;
/// let bad = Embeddings::new(vec![0.0, 1.0, 0.1, 1.1], 1, labels)?;
/// let [good, bad] = [&good, &bad].map(|rows| evaluate_retrieval(rows, &[1], &()));
/// let found = compare_retrieval(&good?.per_query, &bad?.per_query, BootstrapConfig::default(), &())?;
/// assert_eq!(found.recall_at_1.map(|recall| recall.difference), Some(1.0));
/// # Ok::<(), pets_eval::EvalError>(())
/// ```
pub fn compare_retrieval(
    a: &[QueryResult],
    b: &[QueryResult],
    config: BootstrapConfig,
    progress: &dyn Progress,
) -> Result<RetrievalComparison, EvalError> {
    config.check()?;
    let same = |(a, b): (&QueryResult, &QueryResult)| (a.index, a.label) == (b.index, b.label);
    if a.len() != b.len() || !a.iter().zip(b).all(same) {
        return Err(EvalError::DifferentSamples);
    }
    let values: Vec<[f64; 4]> = a
        .iter()
        .zip(b)
        .map(|(a, b)| {
            let ([recall_a, map_a], [recall_b, map_b]) = (metrics(a), metrics(b));
            [recall_a, recall_b, map_a, map_b]
        })
        .collect();
    let means = resampled_means(&values, config, progress)?;
    let difference = |metric: usize| {
        let of = |means: &[f64; 4]| [means[2 * metric], means[2 * metric + 1]];
        let [a, b] = of(&mean((0..values.len()).map(|query| &values[query]))?);
        Some(Difference::new(
            a,
            b,
            &means.iter().map(of).collect::<Vec<_>>(),
        ))
    };
    Ok(RetrievalComparison {
        recall_at_1: difference(0),
        map_at_r: difference(1),
        queries: values.len(),
        config,
        undefined: values.is_empty().then(|| NO_QUERY.into()),
    })
}

/// Recall@1 and average precision at R of a query.
fn metrics(query: &QueryResult) -> [f64; 2] {
    let recall = if query.first_hit == 1 { 1.0 } else { 0.0 };
    [recall, query.average_precision_at_r]
}

/// The means in each resample of the queries; nothing where there is no query.
fn resampled_means<const METRICS: usize>(
    values: &[[f64; METRICS]],
    config: BootstrapConfig,
    progress: &dyn Progress,
) -> Result<Vec<[f64; METRICS]>, EvalError> {
    let steps = Steps::new(progress, config.resamples as u64);
    let means = config.map(values.len(), &steps, |drawn| {
        mean(drawn.map(|query| &values[query]))
    })?;
    Ok(means.into_iter().flatten().collect())
}

fn mean<'a, const METRICS: usize>(
    values: impl Iterator<Item = &'a [f64; METRICS]>,
) -> Option<[f64; METRICS]> {
    let (mut sums, mut count) = ([0.0; METRICS], 0.0);
    for value in values {
        for (sum, value) in sums.iter_mut().zip(value) {
            *sum += value;
        }
        count += 1.0;
    }
    (count > 0.0).then(|| sums.map(|sum| sum / count))
}
