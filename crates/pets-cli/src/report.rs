//! The page about a model: `results/report.html`.

use std::collections::HashMap;

use anyhow::Result;
use pets_data::decode;
use pets_eval::{Interval, nearest};
use pets_train::{EpochRecord, RunFolder, read_history};
use pets_viz::report::{
    Attention, Class, ConfusedPair, Fact, Headline, Histogram, Jpeg, Neighbour, Report, RocStep,
    Sample, Verification,
};
use pets_viz::{CamRow, EpochPoint, Projection};
use rayon::prelude::*;

use crate::distances::{densities, edges};
use crate::figures::Figures;
use crate::judged::Judged;
use crate::retrieval_sheets::cosine;

/// Similar images that the page shows for each.
const NEIGHBOURS: usize = 8;

/// The page, with these maps of the test images and these pictures of where the model looks.
pub(crate) fn report(
    judged: &Judged,
    history: &[EpochRecord],
    maps: Vec<Projection>,
    attention: &[CamRow],
) -> Result<Report> {
    Ok(Report {
        confused: confused(judged),
        samples: samples(judged)?,
        maps,
        attention: attention
            .iter()
            .map(Attention::new)
            .collect::<Result<_, _>>()?,
        ..summary(judged, history)
    })
}

/// The epochs of a run, in order; none where it has no record of them.
pub(crate) fn history_of(run: &RunFolder) -> Result<Vec<EpochRecord>> {
    if run.history().exists() {
        Ok(read_history(&run.history())?)
    } else {
        Ok(Vec::new())
    }
}

/// The part of the page that needs no picture.
pub(crate) fn summary(judged: &Judged, history: &[EpochRecord]) -> Report {
    Report {
        title: "How alike two pets look".to_owned(),
        subtitle: format!(
            "{} on {} test images that it has not seen",
            judged.candidate.config.model.backbone,
            judged.embeddings.len()
        ),
        class_word: "breed".to_owned(),
        classes_word: "breeds".to_owned(),
        facts: facts(judged),
        headlines: headlines(judged),
        configuration: judged.candidate.settings.clone(),
        history: history.iter().map(epoch_point).collect(),
        best_epoch: history
            .iter()
            .rev()
            .find(|record| record.best)
            .map(|record| record.epoch),
        verification: Some(verification(judged)),
        classes: classes(judged),
        ..Report::default()
    }
}

/// An epoch as the curves show it.
pub(crate) fn epoch_point(record: &EpochRecord) -> EpochPoint {
    EpochPoint {
        epoch: record.epoch,
        train_loss: record.train_loss,
        val_loss: record.val_loss,
        learning_rate: record.last_learning_rate,
    }
}

fn facts(judged: &Judged) -> Vec<Fact> {
    let config = &judged.candidate.config;
    let split = &judged.candidate.materials.split;
    let fact = |name: &str, value: String| Fact {
        name: name.to_owned(),
        value,
    };
    let mut facts = vec![
        fact("backbone", config.model.backbone.to_string()),
        fact("loss", config.loss.kind.to_string()),
        fact("embedding", format!("{} values", judged.embeddings.dim())),
        fact("trained on", format!("{} images", split.train.len())),
        fact("tested on", format!("{} images", split.test.len())),
    ];
    if !split.holdout_classes.is_empty() {
        let value = format!("{}, for the few-shot test", split.holdout_classes.len());
        facts.push(fact("breeds held out", value));
    }
    facts
}

fn headlines(judged: &Judged) -> Vec<Headline> {
    let evaluation = &judged.evaluation;
    let (figures, baseline) = (&evaluation.figures, evaluation.baseline.as_ref());
    let intervals = &evaluation.analysis.intervals;
    let ends = |interval: Option<Interval>| interval.map(|found| [found.low, found.high]);
    let few_shot = |figures: &Figures| {
        let found = figures.few_shot.as_ref()?.nearest_class_mean;
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
    let at_1 = |figures: &Figures| {
        let first = figures.retrieval.at_k.first_key_value();
        first.and_then(|(_, at_k)| at_k.recall)
    };
    let first_k = figures.retrieval.at_k.keys().next().copied().unwrap_or(1);
    add(
        &format!("Recall@{first_k}"),
        &match first_k {
            1 => "Share of images whose nearest image is of their own breed".to_owned(),
            k => format!("Share of images with one of their own breed among the {k} nearest"),
        },
        at_1(figures),
        ends(intervals.retrieval.recall_at_1).filter(|_| first_k == 1),
        baseline.and_then(at_1),
    );
    add(
        "MAP@R",
        "How purely an image's own breed fills the first places",
        figures.retrieval.map_at_r,
        ends(intervals.retrieval.map_at_r),
        baseline.and_then(|baseline| baseline.retrieval.map_at_r),
    );
    add(
        "ROC-AUC",
        "How surely two images of one breed are closer than two of different breeds",
        figures.verification.roc_auc,
        ends(intervals.verification.roc_auc),
        baseline.and_then(|baseline| baseline.verification.roc_auc),
    );
    add(
        "EER",
        "Share of wrong answers where as many pairs are wrongly accepted as wrongly refused",
        figures.verification.eer,
        None,
        baseline.and_then(|baseline| baseline.verification.eer),
    );
    let held_out = few_shot(figures);
    add(
        "few-shot",
        "Accuracy on breeds that training has not seen, from a few images of each",
        held_out.map(|(mean, _)| mean),
        held_out.and_then(|(mean, half)| half.map(|half| [mean - half, (mean + half).min(1.0)])),
        baseline.and_then(few_shot).map(|(mean, _)| mean),
    );
    headlines
}

fn verification(judged: &Judged) -> Verification {
    let found = &judged.evaluation.figures.verification;
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
fn classes(judged: &Judged) -> Vec<Class> {
    let evaluation = &judged.evaluation;
    let retrieval: HashMap<_, _> = evaluation
        .figures
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
    let of_dataset = judged.candidate.materials.dataset.classes().iter();
    (0..)
        .zip(of_dataset)
        .map(|(label, class)| {
            let (retrieved, errors) = (retrieval.get(&label), errors.get(&label));
            Class {
                name: class.name.replace('_', " "),
                kind: class.species.map(|species| species.to_string()),
                recall_at_1: retrieved.and_then(|found| found.recall_at_1),
                map_at_r: retrieved.and_then(|found| found.map_at_r),
                true_accept_rate: errors.and_then(|found| found.true_accept_rate),
                false_accept_rate: errors.and_then(|found| found.false_accept_rate),
            }
        })
        .collect()
}

fn confused(judged: &Judged) -> Vec<ConfusedPair> {
    let found = judged.evaluation.analysis.class_verification.iter();
    found
        .flat_map(|found| &found.most_confused)
        .map(|pair| ConfusedPair {
            classes: pair.labels.map(|label| label as usize),
            accepted: pair.accepted,
            pairs: pair.pairs,
        })
        .collect()
}

fn samples(judged: &Judged) -> Result<Vec<Sample>> {
    let embeddings = &judged.embeddings;
    let rows: Vec<usize> = (0..embeddings.len()).collect();
    let found = nearest(embeddings, &rows, NEIGHBOURS)?;
    let precision: HashMap<_, _> = judged
        .per_query
        .iter()
        .map(|query| (query.index, query.average_precision_at_r))
        .collect();
    let materials = &judged.candidate.materials;
    rows.into_par_iter()
        .zip(found)
        .map(|(row, neighbours)| {
            let sample = &materials.dataset.samples()[materials.split.test[row]];
            Ok(Sample {
                name: sample.name.clone(),
                class: sample.label,
                photo: Jpeg::thumbnail(&decode(&sample.path)?)?,
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
