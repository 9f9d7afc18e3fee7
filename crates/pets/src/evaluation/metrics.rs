//! The metrics of a set of embeddings, and what stands behind them.

use pets_eval::{
    AucInterval, ClassVerification, Clustering, Embeddings, EvalError, Failure, FewShot,
    KnnClassification, Queries, QueryResult, Retrieval, RetrievalIntervals, Verification,
    bootstrap_auc, bootstrap_retrieval, evaluate_class_verification, evaluate_clustering,
    evaluate_few_shot, evaluate_knn, evaluate_retrieval, evaluate_verification, worst_failures,
};
use serde::Serialize;

use super::EvaluationConfig;
use super::observed_progress::observed;
use crate::error::Error;
use crate::observer::Observer;

/// Pairs of breeds that are named as the most confused.
const CONFUSED_PAIRS: usize = 10;
/// Failures that are listed, and how many of the images found for each.
const FAILURES: usize = 20;
const FOUND_PER_FAILURE: usize = 5;

/// What is evaluated: queries, the gallery that they are sought in, and classes that training has not seen.
#[derive(Debug, Clone, Copy)]
pub struct EvaluationSets<'a> {
    /// What is sought with.
    pub queries: &'a Embeddings,
    /// Another set than the queries; without one each query is sought among the others.
    pub gallery: Option<&'a Embeddings>,
    /// For the few-shot test.
    pub held_out: Option<&'a Embeddings>,
}

impl<'a> EvaluationSets<'a> {
    fn queries(&self) -> Result<Queries<'a>, Error> {
        Ok(match self.gallery {
            Some(gallery) => Queries::against(self.queries, gallery)?,
            None => self.queries.into(),
        })
    }
}

/// The headline metrics.
#[derive(Debug, Clone, Serialize)]
pub struct Metrics {
    /// Same class or not.
    pub verification: Verification,
    /// What is found for each query.
    pub retrieval: Retrieval,
    /// Absent where no classes are held out.
    pub few_shot: Option<FewShot>,
}

impl Metrics {
    /// The metrics, and how each query fared.
    ///
    /// # Errors
    ///
    /// [`Error::Eval`] for sets that a metric is not defined for, [`Error::FewShot`] where the held-out classes do not make
    /// the tasks asked for.
    pub fn of(
        config: &EvaluationConfig,
        sets: EvaluationSets<'_>,
        observer: &dyn Observer,
    ) -> Result<(Self, Vec<QueryResult>), Error> {
        let queries = sets.queries()?;
        let retrieval = observed("retrieval", observer, |progress| {
            evaluate_retrieval(queries, &config.k_values, progress)
        })?;
        let metrics = Self {
            verification: observed("verification", observer, |progress| {
                evaluate_verification(sets.queries, config.verification_pairs, progress)
            })?,
            retrieval: retrieval.summary,
            few_shot: sets
                .held_out
                .map(|held_out| few_shot(held_out, config, observer))
                .transpose()
                .map_err(|source| match source {
                    EvalError::Interrupted => Error::Interrupted,
                    source => Error::FewShot {
                        source: Box::new(source),
                    },
                })?,
        };
        Ok((metrics, retrieval.per_query))
    }
}

/// Runs the few-shot test.
pub(super) fn few_shot(
    embeddings: &Embeddings,
    config: &EvaluationConfig,
    observer: &dyn Observer,
) -> Result<FewShot, EvalError> {
    observed("few-shot tasks", observer, |progress| {
        evaluate_few_shot(embeddings, config.few_shot, progress)
    })
}

/// What stands behind the headline metrics.
#[derive(Debug, Clone, Serialize)]
pub struct Analysis {
    /// How far the metrics would vary with other samples.
    pub intervals: Intervals,
    /// Classification by the nearest neighbours.
    pub knn: KnnClassification,
    /// Classes found by k-means.
    pub clustering: Clustering,
    /// Absent where there is no threshold of equal error.
    pub class_verification: Option<ClassVerification>,
    /// The queries answered worst.
    pub failures: Vec<Failure>,
}

/// How far the metrics would vary with other samples, at 95 %.
#[derive(Debug, Clone, Serialize)]
pub struct Intervals {
    /// Of retrieval.
    pub retrieval: RetrievalIntervals,
    /// Of verification.
    pub verification: AucInterval,
}

impl Analysis {
    /// What stands behind `metrics`, which were made of the same sets.
    ///
    /// # Errors
    ///
    /// [`Error::Eval`] for sets that a measure is not defined for.
    pub fn of(
        config: &EvaluationConfig,
        sets: EvaluationSets<'_>,
        metrics: &Metrics,
        per_query: &[QueryResult],
        observer: &dyn Observer,
    ) -> Result<Self, Error> {
        let bootstrap = config.bootstrap;
        let queries = sets.queries()?;
        Ok(Self {
            intervals: Intervals {
                retrieval: observed("intervals of retrieval", observer, |progress| {
                    bootstrap_retrieval(per_query, bootstrap, progress)
                })?,
                verification: observed("intervals of verification", observer, |progress| {
                    bootstrap_auc(sets.queries, &metrics.verification, bootstrap, progress)
                })?,
            },
            knn: observed("k-NN classification", observer, |progress| {
                evaluate_knn(queries, config.knn_k, progress)
            })?,
            clustering: observed("k-means clusters", observer, |progress| {
                evaluate_clustering(sets.queries, config.clustering, progress)
            })?,
            class_verification: metrics
                .verification
                .eer_threshold
                .map(|threshold| {
                    observed("errors by breed", observer, |progress| {
                        evaluate_class_verification(
                            sets.queries,
                            threshold,
                            CONFUSED_PAIRS,
                            progress,
                        )
                    })
                })
                .transpose()?,
            failures: observed("failures", observer, |progress| {
                worst_failures(queries, per_query, FAILURES, FOUND_PER_FAILURE, progress)
            })?,
        })
    }
}
