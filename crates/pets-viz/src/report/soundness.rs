//! Whether the parts of a report fit together.

use super::{Class, Headline, Report, Verification};
use crate::{VizError, check};

/// Refuses a report with a number that is none, or with a reference to something it does not hold.
pub(super) fn check_report(report: &Report) -> Result<(), VizError> {
    report.headlines.iter().try_for_each(check_headline)?;
    report
        .verification
        .iter()
        .try_for_each(check_verification)?;
    report.classes.iter().try_for_each(check_class)?;
    let losses = report.history.iter().flat_map(|epoch| {
        let val_loss = epoch.val_loss.unwrap_or(0.0);
        [epoch.train_loss, val_loss, epoch.learning_rate]
    });
    check::finite("losses and learning rates", losses)?;
    for pair in &report.confused {
        check_indices(
            "class of a confused pair",
            pair.classes,
            report.classes.len(),
        )?;
    }
    check_samples(report)?;
    for map in &report.maps {
        check::same_length("points of a map", report.samples.len(), map.points.len())?;
        check::finite(
            "points of a map (x, y, x, y, …)",
            map.points
                .as_flattened()
                .iter()
                .map(|value| f64::from(*value)),
        )?;
    }
    Ok(())
}

fn check_headline(headline: &Headline) -> Result<(), VizError> {
    check::shares("headline", [headline.value])?;
    check::shares("baseline", headline.baseline)?;
    check::shares("interval", headline.interval.into_iter().flatten())
}

fn check_verification(verification: &Verification) -> Result<(), VizError> {
    check::not_empty("ROC points", &verification.roc)?;
    let steps = || verification.roc.iter();
    check::shares(
        "false accept rate",
        steps().map(|step| step.false_accept_rate),
    )?;
    check::shares(
        "true accept rate",
        steps().map(|step| step.true_accept_rate),
    )?;
    check::finite("thresholds", steps().filter_map(|step| step.threshold))?;
    check::finite("threshold of equal error", verification.eer_threshold)?;
    check::shares("area under the curve", verification.auc)?;
    check::shares("equal error rate", verification.eer)?;
    let Some(histogram) = &verification.histogram else {
        return Ok(());
    };
    let bins = histogram.positive.len();
    check::same_length(
        "densities of negative pairs",
        bins,
        histogram.negative.len(),
    )?;
    check::same_length("bin edges", bins + 1, histogram.edges.len())?;
    check::finite("bin edges", histogram.edges.iter().copied())?;
    check::finite(
        "densities of positive pairs",
        histogram.positive.iter().copied(),
    )?;
    check::finite(
        "densities of negative pairs",
        histogram.negative.iter().copied(),
    )
}

fn check_class(class: &Class) -> Result<(), VizError> {
    let Class {
        recall_at_1,
        map_at_r,
        true_accept_rate,
        false_accept_rate,
        ..
    } = class;
    let figures = [recall_at_1, map_at_r, true_accept_rate, false_accept_rate];
    check::shares("figures of a class", figures.into_iter().flatten().copied())
}

fn check_samples(report: &Report) -> Result<(), VizError> {
    let samples = &report.samples;
    let classes = samples.iter().map(|sample| sample.class);
    check_indices("class of a sample", classes, report.classes.len())?;
    check::shares(
        "average precision",
        samples.iter().filter_map(|sample| sample.average_precision),
    )?;
    let neighbours = || samples.iter().flat_map(|sample| &sample.neighbours);
    check_indices(
        "neighbour of a sample",
        neighbours().map(|neighbour| neighbour.sample),
        samples.len(),
    )?;
    check::finite(
        "similarities",
        neighbours().map(|neighbour| f64::from(neighbour.similarity)),
    )
}

fn check_indices(
    name: &'static str,
    indices: impl IntoIterator<Item = usize>,
    count: usize,
) -> Result<(), VizError> {
    match indices.into_iter().find(|index| *index >= count) {
        Some(index) => Err(VizError::InvalidValue {
            name,
            value: index.to_string(),
            allowed: format!("less than {count}, the number there are"),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::Projection;
    use crate::report::{ConfusedPair, Histogram, Jpeg, Neighbour, RocStep, Sample};

    fn sound() -> Report {
        let sample = |class: usize, other: usize| Sample {
            name: "x".into(),
            class,
            photo: Jpeg::thumbnail(&RgbImage::new(4, 4)).expect("a picture"),
            neighbours: vec![Neighbour {
                sample: other,
                similarity: 0.5,
            }],
            average_precision: Some(0.5),
        };
        Report {
            headlines: vec![Headline::new("Recall@1", 0.5)],
            classes: vec![Class::named("a"), Class::named("b")],
            confused: vec![ConfusedPair {
                classes: [0, 1],
                accepted: 1,
                pairs: 2,
            }],
            samples: vec![sample(0, 1), sample(1, 0)],
            maps: vec![Projection {
                points: vec![[0.0, 1.0]; 2],
                method: "t-SNE".into(),
                notes: Vec::new(),
                trustworthiness: 1.0,
                trust_neighbours: 1,
                kl_divergence: None,
            }],
            verification: Some(Verification {
                roc: vec![RocStep {
                    false_accept_rate: 0.0,
                    true_accept_rate: 1.0,
                    threshold: None,
                }],
                auc: None,
                eer: None,
                eer_threshold: None,
                measure: "distance".into(),
                histogram: Some(Histogram {
                    edges: vec![0.0, 1.0],
                    positive: vec![1.0],
                    negative: vec![0.0],
                }),
            }),
            ..Report::default()
        }
    }

    fn refused(spoil: impl FnOnce(&mut Report)) -> String {
        let mut report = sound();
        spoil(&mut report);
        let error = check_report(&report).expect_err("must be refused");
        error.to_string()
    }

    #[test]
    fn a_sound_report_passes_and_so_does_an_empty_one() {
        check_report(&sound()).expect("sound");
        check_report(&Report::default()).expect("empty");
    }

    #[test]
    fn references_to_what_is_not_there_are_refused() {
        let class = refused(|report| report.samples[0].class = 2);
        assert!(class.contains("class of a sample = 2"), "{class}");
        let neighbour = refused(|report| report.samples[1].neighbours[0].sample = 9);
        assert!(
            neighbour.contains("neighbour of a sample = 9"),
            "{neighbour}"
        );
        let confused = refused(|report| report.confused[0].classes[1] = 5);
        assert!(confused.contains("confused pair = 5"), "{confused}");
        let map = refused(|report| report.maps[0].points.truncate(1));
        assert!(map.contains("expected 2 values, got 1"), "{map}");
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        refused(|report| report.headlines[0].value = 1.5);
        refused(|report| report.headlines[0].interval = Some([f64::NAN, 1.0]));
        refused(|report| report.classes[0].map_at_r = Some(-0.1));
        refused(|report| report.samples[0].average_precision = Some(2.0));
        refused(|report| report.samples[0].neighbours[0].similarity = f32::NAN);
        refused(|report| report.maps[0].points[1] = [f32::INFINITY, 0.0]);
    }

    #[test]
    fn verification_that_does_not_fit_is_refused() {
        let spoilt = |spoil: &dyn Fn(&mut Verification)| {
            refused(|report| report.verification.iter_mut().for_each(spoil))
        };
        spoilt(&|verification| verification.roc.clear());
        spoilt(&|verification| verification.roc[0].true_accept_rate = 1.1);
        spoilt(&|verification| verification.roc[0].threshold = Some(f64::NAN));
        spoilt(&|verification| {
            verification
                .histogram
                .iter_mut()
                .for_each(|bins| bins.edges.truncate(1));
        });
    }
}
