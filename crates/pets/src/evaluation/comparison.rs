//! Several models on the same samples.

use pets_eval::{
    AucComparison, BootstrapConfig, Difference, Embeddings, QueryResult, RetrievalComparison,
    Verification, compare_auc, compare_retrieval,
};
use serde::Serialize;

use super::observed_progress::observed;
use super::{EvaluatedEmbeddings, EvaluatedModel, Metrics};
use crate::error::Error;
use crate::observer::Observer;

/// One of the models compared.
#[derive(Debug, Clone)]
pub struct ComparedModel<'a> {
    /// What it goes by.
    pub name: String,
    /// Its embeddings of the samples.
    pub embeddings: &'a Embeddings,
    /// How each sample fared as a query.
    pub per_query: &'a [QueryResult],
    /// Its metrics.
    pub metrics: &'a Metrics,
    /// The names of the samples, where they are known.
    pub images: Option<Vec<&'a str>>,
}

impl<'a> ComparedModel<'a> {
    /// A model that was shown test images.
    pub fn of_model(name: String, evaluated: &'a EvaluatedModel) -> Self {
        let rows = 0..evaluated.embeddings.len();
        Self {
            name,
            embeddings: &evaluated.embeddings,
            per_query: &evaluated.per_query,
            metrics: &evaluated.evaluation.metrics,
            images: Some(
                rows.map(|row| evaluated.sample(row).name.as_str())
                    .collect(),
            ),
        }
    }

    /// A model of which the embeddings are known.
    pub fn of_embeddings(name: String, evaluated: &'a EvaluatedEmbeddings) -> Self {
        Self {
            name,
            embeddings: evaluated.file.embeddings(),
            per_query: &evaluated.per_query,
            metrics: &evaluated.evaluation.metrics,
            images: None,
        }
    }
}

/// Embeddings with their verification.
fn verified<'a>(model: &'a ComparedModel<'_>) -> (&'a Embeddings, &'a Verification) {
    (model.embeddings, &model.metrics.verification)
}

/// Models side by side, and each against the first.
#[derive(Debug, Serialize)]
pub struct Comparison<'a> {
    format: u32,
    models: Vec<NamedMetrics<'a>>,
    /// Each model against the first, by a paired bootstrap over the same samples.
    pub differences: Vec<Differences>,
}

#[derive(Debug, Serialize)]
struct NamedMetrics<'a> {
    name: &'a str,
    #[serde(flatten)]
    metrics: &'a Metrics,
}

/// How one model differs from another, and whether that may be chance.
#[derive(Debug, Clone, Serialize)]
pub struct Differences {
    /// Name of model A.
    pub a: String,
    /// Name of model B.
    pub b: String,
    /// Retrieval of A less that of B.
    pub retrieval: RetrievalComparison,
    /// Verification of A less that of B.
    pub verification: AucComparison,
}

impl Differences {
    /// Tests `other` (A) against `first` (B), both evaluated on the same samples.
    ///
    /// # Errors
    ///
    /// [`Error::Incomparable`] where they were not.
    pub fn between(
        first: &ComparedModel<'_>,
        other: &ComparedModel<'_>,
        bootstrap: BootstrapConfig,
        observer: &dyn Observer,
    ) -> Result<Self, Error> {
        let compare = || -> Result<_, Error> {
            if let (Some(a), Some(b)) = (&first.images, &other.images)
                && a != b
            {
                return Err(Error::OtherImages);
            }
            Ok(Self {
                a: other.name.clone(),
                b: first.name.clone(),
                retrieval: observed("difference of retrieval", observer, |progress| {
                    compare_retrieval(other.per_query, first.per_query, bootstrap, progress)
                })?,
                verification: observed("difference of verification", observer, |progress| {
                    compare_auc(verified(other), verified(first), bootstrap, progress)
                })?,
            })
        };
        compare().map_err(|source| match source {
            Error::Interrupted => Error::Interrupted,
            source => Error::Incomparable {
                a: first.name.clone(),
                b: other.name.clone(),
                source: Box::new(source),
            },
        })
    }

    /// The differences that are defined, by the name of their metric.
    pub fn metrics(&self) -> Vec<(&'static str, Difference)> {
        [
            ("Recall@1", self.retrieval.recall_at_1),
            ("MAP@R", self.retrieval.map_at_r),
            ("ROC-AUC", self.verification.roc_auc),
        ]
        .into_iter()
        .filter_map(|(metric, difference)| Some((metric, difference?)))
        .collect()
    }
}

impl<'a> Comparison<'a> {
    /// Models with the differences that were found between them.
    pub fn new(models: &'a [ComparedModel<'a>], differences: Vec<Differences>) -> Self {
        let named = |model: &'a ComparedModel<'a>| NamedMetrics {
            name: &model.name,
            metrics: model.metrics,
        };
        Self {
            format: 1,
            models: models.iter().map(named).collect(),
            differences,
        }
    }

    /// Compares every model with the first.
    ///
    /// # Errors
    ///
    /// [`Error::Incomparable`] names the first pair that was not evaluated on the same samples.
    pub fn of(
        models: &'a [ComparedModel<'a>],
        bootstrap: BootstrapConfig,
        observer: &dyn Observer,
    ) -> Result<Self, Error> {
        let differences = match models.split_first() {
            Some((first, others)) => others
                .iter()
                .map(|other| Differences::between(first, other, bootstrap, observer))
                .collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        Ok(Self::new(models, differences))
    }
}
