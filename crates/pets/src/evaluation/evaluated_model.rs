//! A model and what it makes of images that it has not seen: embeddings and metrics.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;

use pets_data::{Dataset, SplitKind};
use pets_eval::{Embeddings, Failure, QueryResult};
use pets_model::Architecture;
use serde::Serialize;

use super::{Analysis, EvaluationConfig, EvaluationSets, Metrics, label_name};
use crate::dataset::{PreparedDataset, SkippedImage};
use crate::error::Error;
use crate::model::{Model, Representation};
use crate::observer::Observer;

/// A model with the embeddings of the test images.
#[derive(Debug, Clone)]
pub struct EvaluatedModel {
    /// The model.
    pub model: Model,
    /// The dataset whose test images it was shown.
    pub data: PreparedDataset,
    /// Their embeddings, in the order of the split's test part, under the dataset's labels.
    pub embeddings: Embeddings,
    /// How each of them fared as a query.
    pub per_query: Vec<QueryResult>,
    /// What was found.
    pub evaluation: Evaluation,
}

/// What was found of a model: everything that `evaluation.json` holds.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    format: u32,
    /// Which model.
    pub model: ModelSummary,
    data: DataCounts,
    /// Names of the labels.
    pub class_names: Vec<String>,
    /// The headline metrics.
    #[serde(flatten)]
    pub metrics: Metrics,
    /// What stands behind them.
    #[serde(flatten)]
    pub analysis: Analysis,
    /// Names of the images among `failures`, by their row.
    failed_images: BTreeMap<usize, String>,
    /// The untrained backbone's features on the same images, where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Metrics>,
    timing: Timing,
}

/// Which model was evaluated.
#[derive(Debug, Clone, Serialize)]
pub struct ModelSummary {
    /// Its file; none for a backbone as it was before training.
    pub file: Option<PathBuf>,
    /// The backbone.
    pub backbone: Architecture,
    /// Which of its vectors.
    pub representation: Representation,
    /// Epochs trained, where the file says it.
    pub epoch: Option<usize>,
}

#[derive(Debug, Clone, Serialize)]
struct DataCounts {
    dataset: PathBuf,
    split: SplitKind,
    seed: u64,
    test_images: usize,
    test_breeds: usize,
    few_shot_images: usize,
    few_shot_breeds: usize,
    /// Images that were left out because they cannot be used.
    skipped_images: Vec<SkippedImage>,
}

#[derive(Debug, Clone, Serialize)]
struct Timing {
    embed_seconds: f64,
    evaluate_seconds: f64,
}

/// Embeddings of the test images and of the held-out classes, where there are any.
struct Embedded {
    test: Embeddings,
    held_out: Option<Embeddings>,
}

impl Embedded {
    fn by(
        model: &Model,
        data: &PreparedDataset,
        names: [&str; 2],
        observer: &dyn Observer,
    ) -> Result<Self, Error> {
        let [test, held_out] = names;
        let (dataset, split) = (&data.dataset, &data.split);
        let few_shot = &split.few_shot;
        Ok(Self {
            test: model.embed_samples(dataset, &split.test, test, observer)?,
            held_out: (!few_shot.is_empty())
                .then(|| model.embed_samples(dataset, few_shot, held_out, observer))
                .transpose()?,
        })
    }

    fn sets(&self) -> EvaluationSets<'_> {
        EvaluationSets {
            queries: &self.test,
            gallery: None,
            held_out: self.held_out.as_ref(),
        }
    }
}

impl EvaluatedModel {
    /// Shows a model the test images of a dataset, and evaluates its embeddings.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyPart`] without test images, [`Error::TooManyWays`] and [`Error::TooManyShots`] for few-shot tasks that
    /// the held-out classes do not make, [`Error::Data`] for a picture that cannot be read, [`Error::Interrupted`] where
    /// the observer says so.
    pub fn evaluate(
        model: Model,
        data: PreparedDataset,
        config: &EvaluationConfig,
        observer: &dyn Observer,
    ) -> Result<Self, Error> {
        check_data(&data, config)?;
        let started = Instant::now();
        let names = ["embedding test images", "embedding held-out breeds"];
        let embedded = Embedded::by(&model, &data, names, observer)?;
        let embed_seconds = started.elapsed().as_secs_f64();

        let started = Instant::now();
        let (metrics, per_query) = Metrics::of(config, embedded.sets(), observer)?;
        let analysis = Analysis::of(config, embedded.sets(), &metrics, &per_query, observer)?;
        let evaluate_seconds = started.elapsed().as_secs_f64();

        let evaluation = Evaluation {
            format: 2,
            model: ModelSummary::of(&model),
            data: DataCounts::of(&data),
            class_names: data.class_names(),
            failed_images: names_among(&analysis.failures, &data),
            metrics,
            analysis,
            baseline: None,
            timing: Timing {
                embed_seconds,
                evaluate_seconds,
            },
        };
        Ok(Self {
            model,
            data,
            embeddings: embedded.test,
            per_query,
            evaluation,
        })
    }

    /// Adds the metrics of the backbone as it was before training, on the same images.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate).
    pub fn add_baseline(
        &mut self,
        untrained: &Model,
        config: &EvaluationConfig,
        observer: &dyn Observer,
    ) -> Result<(), Error> {
        let names = ["baseline, test images", "baseline, held-out breeds"];
        let embedded = Embedded::by(untrained, &self.data, names, observer)?;
        let (metrics, _) = Metrics::of(config, embedded.sets(), observer)?;
        self.evaluation.baseline = Some(metrics);
        Ok(())
    }

    /// The name of a label, for people.
    pub fn breed_name(&self, label: u32) -> String {
        label_name(&self.evaluation.class_names, label)
    }

    /// The sample of the dataset behind a row of the embeddings.
    pub(crate) fn sample(&self, row: usize) -> &pets_data::Sample {
        &self.data.dataset.samples()[self.data.split.test[row]]
    }
}

/// What can be known before a model is shown anything.
fn check_data(data: &PreparedDataset, config: &EvaluationConfig) -> Result<(), Error> {
    if data.split.test.is_empty() {
        let part = "test images; lower data.train_test_split";
        return Err(Error::EmptyPart { part });
    }
    data.check_few_shot(&config.few_shot)
}

impl ModelSummary {
    fn of(model: &Model) -> Self {
        Self {
            file: model.file().map(Into::into),
            backbone: model.architecture(),
            representation: model.representation(),
            epoch: model.description().map(|description| description.epoch),
        }
    }
}

impl DataCounts {
    fn of(data: &PreparedDataset) -> Self {
        let (split, config) = (&data.split, &data.config);
        Self {
            dataset: config.dir.clone(),
            split: config.split.kind,
            seed: config.split.seed,
            test_images: split.test.len(),
            test_breeds: distinct_labels(&data.dataset, &split.test),
            few_shot_images: split.few_shot.len(),
            few_shot_breeds: split.holdout_classes.len(),
            skipped_images: data.skipped.images().to_vec(),
        }
    }
}

/// Names of the images that failed or were found in their place, by row.
fn names_among(failures: &[Failure], data: &PreparedDataset) -> BTreeMap<usize, String> {
    let found = failures.iter().flat_map(|failure| &failure.retrieved);
    failures
        .iter()
        .map(|failure| failure.query)
        .chain(found.map(|found| found.index))
        .map(|row| {
            let sample = data.split.test[row];
            (row, data.dataset.samples()[sample].name.clone())
        })
        .collect()
}

fn distinct_labels(dataset: &Dataset, samples: &[usize]) -> usize {
    let labels: BTreeSet<_> = samples
        .iter()
        .map(|sample| dataset.samples()[*sample].label)
        .collect();
    labels.len()
}
