//! The metrics of a set of embeddings, and what stands behind them.

use pets_eval::{
    AucInterval, ClassVerification, Clustering, Embeddings, Failure, FewShot, KnnClassification,
    Queries, QueryResult, Retrieval, RetrievalIntervals, Verification, bootstrap_auc,
    bootstrap_retrieval, evaluate_class_verification, evaluate_clustering, evaluate_few_shot,
    evaluate_knn, evaluate_retrieval, evaluate_verification, worst_failures,
};
use serde::Serialize;

use super::EvaluationConfig;
use crate::error::Error;

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
    ) -> Result<(Self, Vec<QueryResult>), Error> {
        let retrieval = evaluate_retrieval(sets.queries()?, &config.k_values)?;
        let metrics = Self {
            verification: evaluate_verification(sets.queries, config.verification_pairs)?,
            retrieval: retrieval.summary,
            few_shot: sets
                .held_out
                .map(|held_out| evaluate_few_shot(held_out, config.few_shot))
                .transpose()
                .map_err(|source| Error::FewShot {
                    source: Box::new(source),
                })?,
        };
        Ok((metrics, retrieval.per_query))
    }
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
    ) -> Result<Self, Error> {
        let bootstrap = config.bootstrap;
        Ok(Self {
            intervals: Intervals {
                retrieval: bootstrap_retrieval(per_query, bootstrap)?,
                verification: bootstrap_auc(sets.queries, bootstrap)?,
            },
            knn: evaluate_knn(sets.queries()?, config.knn_k)?,
            clustering: evaluate_clustering(sets.queries, config.clustering)?,
            class_verification: metrics
                .verification
                .eer_threshold
                .map(|threshold| {
                    evaluate_class_verification(sets.queries, threshold, CONFUSED_PAIRS)
                })
                .transpose()?,
            failures: worst_failures(sets.queries()?, per_query, FAILURES, FOUND_PER_FAILURE)?,
        })
    }
}
