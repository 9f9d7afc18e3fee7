//! Whether the parts of a report fit together.

use super::{Class, Headline, Report, Verification};
use crate::palette::MAX_GROUPS;
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
    if report.classes.len() > MAX_GROUPS {
        return Err(VizError::InvalidValue {
            name: "number of classes",
            value: report.classes.len().to_string(),
            allowed: format!("at most {MAX_GROUPS}, which is how many can be told apart"),
        });
    }
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
