//! The page about a model: `results/report.html`.

use std::collections::HashMap;

use pets_data::decode;
use pets_eval::{Interval, nearest};
use pets_train::{EpochRecord, RunFolder, read_history};
use pets_viz::report::{
    Attention, Class, ConfusedPair, Fact, Headline, Histogram, Jpeg, Neighbour, Report, RocStep,
    Sample, Verification,
};
use pets_viz::{CamRow, EpochPoint, Projection};
use rayon::prelude::*;

use super::distances::{densities, edges};
use super::retrieval_sheets::cosine;
use crate::error::Error;
use crate::evaluation::{EvaluatedModel, Metrics, for_people};

/// How a run was made, as its page tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunSettings {
    /// Its settings in TOML.
    pub toml: String,
    /// The loss that it was trained under.
    pub loss: String,
}

/// Similar images that the page shows for each.
const NEIGHBOURS: usize = 8;

/// The page: its summary, with these maps of the test images and these pictures of where the model looks.
pub(super) fn page(
    evaluated: &EvaluatedModel,
    summary: Report,
    maps: Vec<Projection>,
    attention: &[CamRow],
) -> Result<Report, Error> {
    Ok(Report {
        confused: confused(evaluated),
        samples: samples(evaluated)?,
        maps,
        attention: attention
            .iter()
            .map(Attention::new)
            .collect::<Result<_, _>>()?,
        ..summary
    })
}

/// The epochs of a run, in order; none where it has no record of them.
///
/// # Errors
///
/// [`Error::Train`] for a record that cannot be read.
pub fn run_history(run: &RunFolder) -> Result<Vec<EpochRecord>, Error> {
    if run.history().exists() {
        Ok(read_history(&run.history())?)
    } else {
        Ok(Vec::new())
    }
}

/// The part of a model's page that needs no picture: its metrics, curves and settings.
pub fn run_summary(
    evaluated: &EvaluatedModel,
    history: &[EpochRecord],
    settings: &RunSettings,
) -> Report {
    Report {
        title: "How alike two pets look".to_owned(),
        subtitle: format!(
            "{} on {} test images that it has not seen",
            evaluated.model.architecture(),
            evaluated.embeddings.len()
        ),
        class_word: "breed".to_owned(),
        classes_word: "breeds".to_owned(),
        facts: facts(evaluated, &settings.loss),
        headlines: headlines(evaluated),
        configuration: settings.toml.clone(),
        history: history.iter().map(epoch_point).collect(),
        best_epoch: history
            .iter()
            .rev()
            .find(|record| record.best)
            .map(|record| record.epoch),
        verification: Some(verification(evaluated)),
        classes: classes(evaluated),
        ..Report::default()
    }
}

/// An epoch as the curves show it.
pub(super) fn epoch_point(record: &EpochRecord) -> EpochPoint {
    EpochPoint {
        epoch: record.epoch,
        train_loss: record.train_loss,
        val_loss: record.val_loss,
        learning_rate: record.last_learning_rate,
    }
}

fn facts(evaluated: &EvaluatedModel, loss: &str) -> Vec<Fact> {
    let split = &evaluated.data.split;
    let fact = |name: &str, value: String| Fact {
        name: name.to_owned(),
        value,
    };
    let mut facts = vec![
        fact("backbone", evaluated.model.architecture().to_string()),
        fact("loss", loss.to_owned()),
        fact(
            "embedding",
            format!("{} values", evaluated.embeddings.dim()),
        ),
        fact("trained on", format!("{} images", split.train.len())),
        fact("tested on", format!("{} images", split.test.len())),
    ];
    if !split.holdout_classes.is_empty() {
        let value = format!("{}, for the few-shot test", split.holdout_classes.len());
        facts.push(fact("breeds held out", value));
    }
    facts
}

fn headlines(evaluated: &EvaluatedModel) -> Vec<Headline> {
    let evaluation = &evaluated.evaluation;
    let (metrics, baseline) = (&evaluation.metrics, evaluation.baseline.as_ref());
    let intervals = &evaluation.analysis.intervals;
    let ends = |interval: Option<Interval>| interval.map(|found| [found.low, found.high]);
    let few_shot = |metrics: &Metrics| {
        let found = metrics.few_shot.as_ref()?.nearest_class_mean;
        Some((found.mean, found.confidence_95))
    };
    let mut headlines = Vec::new();
    let mut add = |name: &str, meaning: &str, value: Option<f64>, interval, before| {
        if let Some(value) = value {
            headlines.push(Headline {
                meaning: meaning.to_owned(),
                interval,
                baseline: before,
                lower_is_better: name == "EER",
                ..Headline::new(name, value)
            });
        }
    };
    let at_1 = |metrics: &Metrics| {
        let first = metrics.retrieval.at_k.first_key_value();
        first.and_then(|(_, at_k)| at_k.recall)
    };
    let first_k = metrics.retrieval.at_k.keys().next().copied().unwrap_or(1);
    add(
        &format!("Recall@{first_k}"),
        &match first_k {
            1 => "Share of images whose nearest image is of their own breed".to_owned(),
            k => format!("Share of images with one of their own breed among the {k} nearest"),
        },
        at_1(metrics),
        ends(intervals.retrieval.recall_at_1).filter(|_| first_k == 1),
        baseline.and_then(at_1),
    );
    add(
        "MAP@R",
        "How purely an image's own breed fills the first places",
        metrics.retrieval.map_at_r,
        ends(intervals.retrieval.map_at_r),
        baseline.and_then(|baseline| baseline.retrieval.map_at_r),
    );
    add(
        "ROC-AUC",
        "How surely two images of one breed are closer than two of different breeds",
        metrics.verification.roc_auc,
        ends(intervals.verification.roc_auc),
        baseline.and_then(|baseline| baseline.verification.roc_auc),
    );
    add(
        "EER",
        "Share of wrong answers where as many pairs are wrongly accepted as wrongly refused",
        metrics.verification.eer,
        None,
        baseline.and_then(|baseline| baseline.verification.eer),
    );
    let held_out = few_shot(metrics);
    add(
        "few-shot",
        "Accuracy on breeds that training has not seen, from a few images of each",
        held_out.map(|(mean, _)| mean),
        held_out.and_then(|(mean, half)| half.map(|half| [mean - half, (mean + half).min(1.0)])),
        baseline.and_then(few_shot).map(|(mean, _)| mean),
    );
    headlines
}

fn verification(evaluated: &EvaluatedModel) -> Verification {
    let found = &evaluated.evaluation.metrics.verification;
    Verification {
        roc: found
            .roc
            .iter()
            .map(|point| RocStep {
                false_accept_rate: point.false_accept_rate,
                true_accept_rate: point.true_accept_rate,
                threshold: point.threshold,
            })
            .collect(),
        auc: found.roc_auc,
        eer: found.eer,
        eer_threshold: found.eer_threshold,
        measure: "Euclidean distance".to_owned(),
        histogram: found.histogram.as_ref().map(|counts| {
            let [positive, negative] = densities(counts);
            Histogram {
                edges: edges(counts),
                positive,
                negative,
            }
        }),
    }
}

/// The dataset's classes, whose places are the labels of the samples.
fn classes(evaluated: &EvaluatedModel) -> Vec<Class> {
    let evaluation = &evaluated.evaluation;
    let retrieval: HashMap<_, _> = evaluation
        .metrics
        .retrieval
        .classes
        .iter()
        .map(|class| (class.label, class))
        .collect();
    let errors: HashMap<_, _> = evaluation
        .analysis
        .class_verification
        .iter()
        .flat_map(|found| &found.classes)
        .map(|class| (class.label, class))
        .collect();
    let of_dataset = evaluated.data.dataset.classes().iter();
    (0..)
        .zip(of_dataset)
        .map(|(label, class)| {
            let (retrieved, errors) = (retrieval.get(&label), errors.get(&label));
            Class {
                name: for_people(&class.name),
                kind: class.species.map(|species| species.to_string()),
                recall_at_1: retrieved.and_then(|found| found.recall_at_1),
                map_at_r: retrieved.and_then(|found| found.map_at_r),
                true_accept_rate: errors.and_then(|found| found.true_accept_rate),
                false_accept_rate: errors.and_then(|found| found.false_accept_rate),
            }
        })
        .collect()
}

fn confused(evaluated: &EvaluatedModel) -> Vec<ConfusedPair> {
    let found = evaluated.evaluation.analysis.class_verification.iter();
    found
        .flat_map(|found| &found.most_confused)
        .map(|pair| ConfusedPair {
            classes: pair.labels.map(|label| label as usize),
            accepted: pair.accepted,
            pairs: pair.pairs,
        })
        .collect()
}

fn samples(evaluated: &EvaluatedModel) -> Result<Vec<Sample>, Error> {
    let embeddings = &evaluated.embeddings;
    let rows: Vec<usize> = (0..embeddings.len()).collect();
    let found = nearest(embeddings, &rows, NEIGHBOURS, &())?;
    let precision: HashMap<_, _> = evaluated
        .per_query
        .iter()
        .map(|query| (query.index, query.average_precision_at_r))
        .collect();
    rows.into_par_iter()
        .zip(found)
        .map(|(row, neighbours)| {
            let sample = evaluated.sample(row);
            Ok(Sample {
                name: sample.name.clone(),
                class: sample.label,
                photo: Jpeg::thumbnail(&*decode(&sample.path)?)?,
                neighbours: neighbours
                    .into_iter()
                    .map(|neighbour| Neighbour {
                        sample: neighbour.index,
                        similarity: cosine(neighbour.distance),
                    })
                    .collect(),
                average_precision: precision.get(&row).copied(),
            })
        })
        .collect()
}
