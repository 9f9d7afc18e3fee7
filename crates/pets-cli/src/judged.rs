//! A model and what it makes of images it has not seen: embeddings and figures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, bail};
use pets_data::Dataset;
use pets_eval::{Embeddings, Failure, QueryResult};
use pets_train::{Representation, RunFolder};
use serde::Serialize;

use crate::candidate::Candidate;
use crate::config::{Choice, Settings};
use crate::embedder::Embedder;
use crate::figures::{Analysis, Figures, Subject};
use crate::label_names::label_name;
use crate::materials::Materials;
use crate::skipped_images::SkippedImage;
use crate::starting_model::starting_model;

/// A model with the embeddings of the test images.
pub(crate) struct Judged {
    pub(crate) candidate: Candidate,
    pub(crate) embeddings: Embeddings,
    pub(crate) per_query: Vec<QueryResult>,
    pub(crate) evaluation: Evaluation,
}

/// Everything that `evaluation.json` holds.
#[derive(Debug, Serialize)]
pub(crate) struct Evaluation {
    format: u32,
    pub(crate) model: EvaluatedModel,
    data: DataCounts,
    /// Names of the labels.
    pub(crate) class_names: Vec<String>,
    #[serde(flatten)]
    pub(crate) figures: Figures,
    #[serde(flatten)]
    pub(crate) analysis: Analysis,
    /// Names of the images among `failures`, by their row.
    failed_images: BTreeMap<usize, String>,
    /// The untrained backbone's features on the same images, where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<Figures>,
    timing: Timing,
}

#[derive(Debug, Serialize)]
pub(crate) struct EvaluatedModel {
    pub(crate) file: Option<PathBuf>,
    pub(crate) backbone: String,
    pub(crate) representation: String,
    pub(crate) epoch: Option<usize>,
}

#[derive(Debug, Serialize)]
struct DataCounts {
    dataset: PathBuf,
    split: String,
    seed: u64,
    test_images: usize,
    test_breeds: usize,
    few_shot_images: usize,
    few_shot_breeds: usize,
    /// Images that were left out because they cannot be used; `data.on_bad_image` allows it.
    skipped_images: Vec<SkippedImage>,
}

#[derive(Debug, Serialize)]
struct Timing {
    embed_seconds: f64,
    evaluate_seconds: f64,
}

/// As [`judge`], with the figures of the untrained backbone where the configuration asks for them.
pub(crate) fn judge_with_baseline(
    settings: &Settings,
    load_model: Option<&Path>,
) -> Result<Judged> {
    let mut judged = judge(settings, load_model)?;
    if judged.candidate.config.evaluation.baseline {
        judged.evaluation.baseline = Some(baseline(judged.candidate.embedder())?);
    }
    Ok(judged)
}

/// Opens the model that the command line means and judges it on the test images.
pub(crate) fn judge(settings: &Settings, load_model: Option<&Path>) -> Result<Judged> {
    let mut candidate = Candidate::open(settings, load_model)?;
    candidate
        .materials
        .settle_few_shot(&mut candidate.config, &candidate.layers)?;
    let (config, materials) = (&candidate.config, &candidate.materials);
    let (test, few_shot_set) = (&materials.split.test, &materials.split.few_shot);
    if test.is_empty() {
        bail!(
            "the split has no test images; lower data.train_test_split ({})",
            config.data.train_test_split
        );
    }
    materials
        .skipped
        .write(&RunFolder::new(&config.output_dir))?;
    let started = Instant::now();
    let embedder = candidate.embedder();
    let embeddings = embedder.embed(test, "embedding test images")?;
    let held_out = embedder.embed_any(few_shot_set, "embedding held-out breeds")?;
    let embed_seconds = started.elapsed().as_secs_f64();

    let started = Instant::now();
    let subject = Subject {
        queries: &embeddings,
        gallery: None,
        held_out: held_out.as_ref(),
    };
    let (figures, per_query) = Figures::of(config, subject)?;
    let analysis = Analysis::of(config, subject, &figures, &per_query)?;
    let evaluate_seconds = started.elapsed().as_secs_f64();

    let evaluation = Evaluation {
        format: 2,
        model: EvaluatedModel {
            file: candidate.file.clone(),
            backbone: config.model.backbone.to_string(),
            representation: config.evaluation.representation.name(),
            epoch: candidate.epoch,
        },
        data: DataCounts {
            dataset: config.data.dir.clone(),
            split: config.data.split.name(),
            seed: config.seed,
            test_images: test.len(),
            test_breeds: distinct_labels(&materials.dataset, test),
            few_shot_images: few_shot_set.len(),
            few_shot_breeds: materials.split.holdout_classes.len(),
            skipped_images: materials.skipped.images().to_vec(),
        },
        class_names: materials.class_names(),
        failed_images: names_among(&analysis.failures, materials),
        figures,
        analysis,
        baseline: None,
        timing: Timing {
            embed_seconds,
            evaluate_seconds,
        },
    };
    Ok(Judged {
        candidate,
        embeddings,
        per_query,
        evaluation,
    })
}

/// The figures of the backbone as it was before training, on the images that `trained` was shown.
fn baseline(trained: Embedder<'_>) -> Result<Figures> {
    let materials = trained.materials;
    let untrained = Embedder {
        model: &starting_model(trained.config, &materials.device)?,
        representation: Representation::Features,
        ..trained
    };
    let test = untrained.embed(&materials.split.test, "baseline, test images")?;
    let held_out = untrained.embed_any(&materials.split.few_shot, "baseline, held-out breeds")?;
    let subject = Subject {
        queries: &test,
        gallery: None,
        held_out: held_out.as_ref(),
    };
    Ok(Figures::of(trained.config, subject)?.0)
}

impl Judged {
    /// The name of a label, for people.
    pub(crate) fn breed_name(&self, label: u32) -> String {
        label_name(&self.evaluation.class_names, label)
    }
}

/// Names of the images that failed or were found in their place, by row.
fn names_among(failures: &[Failure], materials: &Materials) -> BTreeMap<usize, String> {
    let found = failures.iter().flat_map(|failure| &failure.retrieved);
    failures
        .iter()
        .map(|failure| failure.query)
        .chain(found.map(|found| found.index))
        .map(|row| {
            let sample = materials.split.test[row];
            (row, materials.dataset.samples()[sample].name.clone())
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
