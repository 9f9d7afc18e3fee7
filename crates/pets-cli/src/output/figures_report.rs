//! Figures for people: tables and lines.

use std::fmt::Write;

use pets_eval::{Accuracy, Interval};

use crate::figures::{Analysis, Figures};
use crate::label_names::label_name;
use crate::output::table::{self, Table, share};

/// The headline figures of several sets, a row for each.
pub(crate) fn figures_table<'a>(
    k_values: &[usize],
    rows: impl IntoIterator<Item = (&'a str, &'a Figures)>,
) -> Table {
    let mut header = vec![String::new()];
    header.extend(k_values.iter().map(|k| format!("Recall@{k}")));
    header.extend(["MAP@R", "ROC-AUC", "EER", "few-shot"].map(str::to_owned));
    let rows = rows.into_iter().map(|(name, figures)| {
        let mut row = vec![name.to_owned()];
        row.extend(
            k_values
                .iter()
                .map(|k| share(figures.retrieval.at_k[k].recall)),
        );
        row.push(share(figures.retrieval.map_at_r));
        row.push(share(figures.verification.roc_auc));
        row.push(share(figures.verification.eer));
        row.push(figures.few_shot.as_ref().map_or_else(
            || "–".to_owned(),
            |few_shot| accuracy(few_shot.nearest_class_mean),
        ));
        row
    });
    let rows = rows.collect();
    Table { header, rows }
}

fn accuracy(accuracy: Accuracy) -> String {
    let mean = format!("{:.4}", accuracy.mean);
    accuracy
        .confidence_95
        .map_or(mean.clone(), |half| format!("{mean} ± {half:.4}"))
}

/// What stands behind the figures, in a few lines.
pub(crate) fn analysis_lines(
    figures: &Figures,
    analysis: &Analysis,
    class_names: &[String],
) -> String {
    let mut text = String::new();
    let intervals = &analysis.intervals;
    let mut line = |name: &str, content: &str| {
        writeln!(text, "{name:<28} {content}").expect("a string takes all that is written");
    };
    line(
        "95 % intervals",
        &format!(
            "Recall@1 {}, MAP@R {}, ROC-AUC {}",
            interval(intervals.retrieval.recall_at_1),
            interval(intervals.retrieval.map_at_r),
            interval(intervals.verification.roc_auc)
        ),
    );
    let rates: Vec<_> = figures
        .verification
        .true_accept_rate
        .iter()
        .map(|point| {
            format!(
                "{:.4} at {}",
                point.true_accept_rate, point.false_accept_rate
            )
        })
        .collect();
    line("true accept at false accept", &or_dash(&rates.join(", ")));
    line(
        &format!("{}-NN classification", analysis.knn.k),
        &format!("accuracy {}", share(analysis.knn.accuracy)),
    );
    line(
        "k-means clusters",
        &format!(
            "NMI {}, AMI {}",
            share(analysis.clustering.nmi),
            share(analysis.clustering.ami)
        ),
    );
    let confused: Vec<_> = analysis
        .class_verification
        .iter()
        .flat_map(|found| &found.most_confused)
        .map(|pair| {
            let [a, b] = pair.labels.map(|label| label_name(class_names, label));
            format!("{a} / {b} {:.0} %", 100.0 * pair.accepted_share)
        })
        .collect();
    line("most confused at the EER", &or_dash(&confused.join(", ")));
    text
}

fn interval(interval: Option<Interval>) -> String {
    interval.map_or_else(
        || "–".to_owned(),
        |interval| format!("{:.4} to {:.4}", interval.low, interval.high),
    )
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "–" } else { text }.to_owned()
}

/// How each class fares, the worst retrieved first.
pub(crate) fn class_table(figures: &Figures, analysis: &Analysis, class_names: &[String]) -> Table {
    let header = [
        "class",
        "queries",
        "Recall@1",
        "MAP@R",
        "accepted",
        "false accept",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut classes: Vec<_> = figures.retrieval.classes.iter().collect();
    classes.sort_by(|a, b| {
        let key = |class: &pets_eval::ClassRetrieval| class.map_at_r.unwrap_or(f64::INFINITY);
        key(a).total_cmp(&key(b))
    });
    let errors = |label: u32| {
        let classes = &analysis.class_verification.as_ref()?.classes;
        classes.iter().find(|class| class.label == label)
    };
    let rows = classes
        .into_iter()
        .map(|class| {
            let errors = errors(class.label);
            vec![
                label_name(class_names, class.label),
                class.queries.to_string(),
                share(class.recall_at_1),
                share(class.map_at_r),
                share(errors.and_then(|errors| errors.true_accept_rate)),
                share(errors.and_then(|errors| errors.false_accept_rate)),
            ]
        })
        .collect();
    table::Table { header, rows }
}
