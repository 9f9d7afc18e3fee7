//! Several models on the same samples.

use anyhow::{Context, Result};
use pets_eval::{
    AucComparison, Embeddings, QueryResult, RetrievalComparison, compare_auc, compare_retrieval,
};
use serde::Serialize;

use crate::config::Config;
use crate::figures::Figures;
use crate::table::Table;

/// One of the models compared.
pub(crate) struct Contender<'a> {
    pub(crate) name: String,
    pub(crate) embeddings: &'a Embeddings,
    pub(crate) per_query: &'a [QueryResult],
    pub(crate) figures: &'a Figures,
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
struct Differences {
    /// Model A.
    a: String,
    /// Model B.
    b: String,
    retrieval: RetrievalComparison,
    verification: AucComparison,
}

impl<'a> Comparison<'a> {
    /// Compares every contender with the first.
    pub(crate) fn of(config: &Config, contenders: &'a [Contender<'a>]) -> Result<Self> {
        let (first, others) = contenders
            .split_first()
            .context("there is nothing to compare")?;
        let bootstrap = config.bootstrap();
        let differences = others
            .iter()
            .map(|other| {
                let compare = || -> Result<_> {
                    Ok(Differences {
                        a: other.name.clone(),
                        b: first.name.clone(),
                        retrieval: compare_retrieval(other.per_query, first.per_query, bootstrap)?,
                        verification: compare_auc(other.embeddings, first.embeddings, bootstrap)?,
                    })
                };
                compare()
                    .with_context(|| format!("cannot compare {} and {}", first.name, other.name))
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            format: 1,
            models: contenders
                .iter()
                .map(|contender| Named {
                    name: &contender.name,
                    figures: contender.figures,
                })
                .collect(),
            differences,
        })
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
                [
                    ("Recall@1", differences.retrieval.recall_at_1),
                    ("MAP@R", differences.retrieval.map_at_r),
                    ("ROC-AUC", differences.verification.roc_auc),
                ]
                .into_iter()
                .filter_map(|(metric, difference)| {
                    let found = difference?;
                    Some(vec![
                        differences.a.clone(),
                        metric.to_owned(),
                        format!("{:+.4}", found.difference),
                        format!("{:+.4} to {:+.4}", found.interval.low, found.interval.high),
                        format!("{:.1} %", 100.0 * found.share_a_better),
                    ])
                })
            })
            .collect();
        Table {
            header: header.map(str::to_owned).to_vec(),
            rows,
        }
    }
}
