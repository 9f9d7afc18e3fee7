//! Several models on the same samples.

use anyhow::{Context, Result, ensure};
use pets_eval::{
    AucComparison, Difference, Embeddings, QueryResult, RetrievalComparison, compare_auc,
    compare_retrieval,
};
use serde::Serialize;

use crate::config::Config;
use crate::figures::Figures;
use crate::judged::Judged;
use crate::output::table::Table;

/// One of the models compared.
pub(crate) struct Contender<'a> {
    pub(crate) name: String,
    pub(crate) embeddings: &'a Embeddings,
    pub(crate) per_query: &'a [QueryResult],
    pub(crate) figures: &'a Figures,
    /// The names of the samples, where they are known.
    pub(crate) images: Option<Vec<&'a str>>,
}

impl<'a> Contender<'a> {
    pub(crate) fn of_model(name: String, judged: &'a Judged) -> Self {
        let materials = &judged.candidate.materials;
        let images = materials.split.test.iter();
        Self {
            name,
            embeddings: &judged.embeddings,
            per_query: &judged.per_query,
            figures: &judged.evaluation.figures,
            images: Some(
                images
                    .map(|sample| materials.dataset.samples()[*sample].name.as_str())
                    .collect(),
            ),
        }
    }

    /// What stands in a table of figures.
    pub(crate) fn row(&self) -> (&str, &'a Figures) {
        (&self.name, self.figures)
    }
}

/// What is printed as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison<'a> {
    format: u32,
    models: Vec<Named<'a>>,
    /// Each model against the first, by a paired bootstrap over the same samples.
    differences: Vec<Differences>,
}

#[derive(Debug, Serialize)]
struct Named<'a> {
    name: &'a str,
    #[serde(flatten)]
    figures: &'a Figures,
}

#[derive(Debug, Serialize)]
pub(crate) struct Differences {
    /// Model A.
    a: String,
    /// Model B.
    b: String,
    retrieval: RetrievalComparison,
    verification: AucComparison,
}

impl Differences {
    /// Tests `other` against `first`, both judged on the same samples.
    pub(crate) fn between(
        config: &Config,
        first: &Contender<'_>,
        other: &Contender<'_>,
    ) -> Result<Self> {
        let bootstrap = config.bootstrap();
        let compare = || -> Result<_> {
            if let (Some(a), Some(b)) = (&first.images, &other.images) {
                ensure!(a == b, "they were judged on different images");
            }
            Ok(Self {
                a: other.name.clone(),
                b: first.name.clone(),
                retrieval: compare_retrieval(other.per_query, first.per_query, bootstrap)?,
                verification: compare_auc(other.embeddings, first.embeddings, bootstrap)?,
            })
        };
        compare().with_context(|| format!("cannot compare {} and {}", first.name, other.name))
    }

    /// The differences that are defined, by the name of their figure.
    pub(crate) fn metrics(&self) -> Vec<(&'static str, Difference)> {
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
    pub(crate) fn new(contenders: &'a [Contender<'a>], differences: Vec<Differences>) -> Self {
        let named = |contender: &'a Contender<'a>| Named {
            name: &contender.name,
            figures: contender.figures,
        };
        Self {
            format: 1,
            models: contenders.iter().map(named).collect(),
            differences,
        }
    }

    /// Compares every contender with the first.
    pub(crate) fn of(config: &Config, contenders: &'a [Contender<'a>]) -> Result<Self> {
        let (first, others) = contenders
            .split_first()
            .context("there is nothing to compare")?;
        let differences = others
            .iter()
            .map(|other| Differences::between(config, first, other))
            .collect::<Result<_>>()?;
        Ok(Self::new(contenders, differences))
    }

    /// The differences, a row for each model and metric.
    pub(crate) fn table(&self) -> Table {
        let header = [
            "difference to the first",
            "metric",
            "difference",
            "95 % interval",
            "better in",
        ];
        let rows = self
            .differences
            .iter()
            .flat_map(|differences| {
                let row = |(metric, found): (&str, Difference)| {
                    vec![
                        differences.a.clone(),
                        metric.to_owned(),
                        format!("{:+.4}", found.difference),
                        format!("{:+.4} to {:+.4}", found.interval.low, found.interval.high),
                        format!("{:.1} %", 100.0 * found.share_a_better),
                    ]
                };
                differences.metrics().into_iter().map(row)
            })
            .collect();
        Table {
            header: header.map(str::to_owned).to_vec(),
            rows,
        }
    }
}
