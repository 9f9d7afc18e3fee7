//! The figures of a set of embeddings.

use anyhow::{Context, Result};
use pets_eval::{
    AucInterval, BootstrapConfig, ClassVerification, Clustering, ClusteringConfig, Embeddings,
    Failure, FewShot, KnnClassification, Queries, QueryResult, Retrieval, RetrievalIntervals,
    Verification, VerificationPairs, bootstrap_auc, bootstrap_retrieval,
    evaluate_class_verification, evaluate_clustering, evaluate_few_shot, evaluate_knn,
    evaluate_retrieval, evaluate_verification, worst_failures,
};
use serde::Serialize;

use crate::config::Config;

/// Pairs of breeds that are named as the most confused.
const CONFUSED_PAIRS: usize = 10;
/// Failures that are listed, and how many of the images found for each.
const FAILURES: usize = 20;
const FOUND_PER_FAILURE: usize = 5;

/// What is judged: queries, the gallery that they are sought in, and classes that training has not seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) queries: &'a Embeddings,
    /// Another set than the queries; without one each query is sought among the others.
    pub(crate) gallery: Option<&'a Embeddings>,
    /// For the few-shot test.
    pub(crate) held_out: Option<&'a Embeddings>,
}

impl<'a> Subject<'a> {
    fn queries(&self) -> Result<Queries<'a>> {
        Ok(match self.gallery {
            Some(gallery) => Queries::against(self.queries, gallery)?,
            None => self.queries.into(),
        })
    }
}

/// The headline figures.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    pub(crate) verification: Verification,
    pub(crate) retrieval: Retrieval,
    /// Absent where no classes are held out.
    pub(crate) few_shot: Option<FewShot>,
}

impl Figures {
    /// The figures, and how each query fared.
    pub(crate) fn of(config: &Config, subject: Subject<'_>) -> Result<(Self, Vec<QueryResult>)> {
        let retrieval = evaluate_retrieval(subject.queries()?, &config.evaluation.k_values)?;
        let figures = Self {
            verification: evaluate_verification(subject.queries, config.verification_pairs())?,
            retrieval: retrieval.summary,
            few_shot: subject
                .held_out
                .map(|held_out| evaluate_few_shot(held_out, config.few_shot_config()))
                .transpose()
                .context("cannot run the few-shot test on the held-out classes")?,
        };
        Ok((figures, retrieval.per_query))
    }
}

/// What stands behind the headline figures.
#[derive(Debug, Serialize)]
pub(crate) struct Analysis {
    pub(crate) intervals: Intervals,
    pub(crate) knn: KnnClassification,
    pub(crate) clustering: Clustering,
    /// Absent where there is no threshold of equal error.
    pub(crate) class_verification: Option<ClassVerification>,
    pub(crate) failures: Vec<Failure>,
}

/// How far the figures would vary with other samples, at 95 %.
#[derive(Debug, Serialize)]
pub(crate) struct Intervals {
    pub(crate) retrieval: RetrievalIntervals,
    pub(crate) verification: AucInterval,
}

impl Analysis {
    pub(crate) fn of(
        config: &Config,
        subject: Subject<'_>,
        figures: &Figures,
        per_query: &[QueryResult],
    ) -> Result<Self> {
        let bootstrap = config.bootstrap();
        Ok(Self {
            intervals: Intervals {
                retrieval: bootstrap_retrieval(per_query, bootstrap)?,
                verification: bootstrap_auc(subject.queries, bootstrap)?,
            },
            knn: evaluate_knn(subject.queries()?, config.evaluation.knn_k)?,
            clustering: evaluate_clustering(
                subject.queries,
                ClusteringConfig {
                    seed: config.seed,
                    ..ClusteringConfig::default()
                },
            )?,
            class_verification: figures
                .verification
                .eer_threshold
                .map(|threshold| {
                    evaluate_class_verification(subject.queries, threshold, CONFUSED_PAIRS)
                })
                .transpose()?,
            failures: worst_failures(subject.queries()?, per_query, FAILURES, FOUND_PER_FAILURE)?,
        })
    }
}

impl Config {
    pub(crate) fn bootstrap(&self) -> BootstrapConfig {
        BootstrapConfig {
            resamples: self.evaluation.bootstrap_resamples,
            seed: self.seed,
        }
    }

    fn verification_pairs(&self) -> VerificationPairs {
        match self.evaluation.verification_pairs {
            0 => VerificationPairs::All,
            pairs => VerificationPairs::Sampled {
                pairs,
                seed: self.seed,
            },
        }
    }
}
