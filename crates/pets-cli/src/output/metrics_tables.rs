//! Metrics for people: tables and lines.

use std::fmt::Write;

use pets::eval::{Accuracy, Difference, Interval};
use pets::{Analysis, Comparison, Metrics, label_name};

use super::harmless;
use super::table::{Table, share};

/// The headline metrics of several sets, a row for each.
pub(crate) fn metrics_table<'a>(
    k_values: &[usize],
    rows: impl IntoIterator<Item = (&'a str, &'a Metrics)>,
) -> Table {
    let mut header = vec![String::new()];
    header.extend(k_values.iter().map(|k| format!("Recall@{k}")));
    header.extend(["MAP@R", "ROC-AUC", "EER", "few-shot"].map(str::to_owned));
    let rows = rows.into_iter().map(|(name, metrics)| {
        let mut row = vec![name.to_owned()];
        row.extend(
            k_values
                .iter()
                .map(|k| share(metrics.retrieval.at_k[k].recall)),
        );
        row.push(share(metrics.retrieval.map_at_r));
        row.push(share(metrics.verification.roc_auc));
        row.push(share(metrics.verification.eer));
        row.push(metrics.few_shot.as_ref().map_or_else(
            || "–".to_owned(),
            |few_shot| accuracy(few_shot.nearest_class_mean),
        ));
        row
    });
    let rows = rows.collect();
    Table { header, rows }
}

/// An accuracy and its 95 % interval, which no share leaves.
fn accuracy(accuracy: Accuracy) -> String {
    let mean = accuracy.mean;
    accuracy.confidence_95.map_or_else(
        || format!("{mean:.4}"),
        |half| {
            let [low, high] = [mean - half, mean + half].map(|end| end.clamp(0.0, 1.0));
            format!("{mean:.4} ({low:.4}–{high:.4})")
        },
    )
}

/// What stands behind the metrics, in a few lines.
pub(crate) fn analysis_lines(
    metrics: &Metrics,
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
    let rates: Vec<_> = metrics
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
    let clustering = &analysis.clustering;
    let cut_short = clustering.cut_short.as_ref();
    line(
        "k-means clusters",
        &format!(
            "NMI {}, AMI {}{}",
            share(clustering.nmi),
            share(clustering.ami),
            cut_short.map_or_else(String::new, |reason| format!(" ({reason})"))
        ),
    );
    let confused: Vec<_> = analysis
        .class_verification
        .iter()
        .flat_map(|found| &found.most_confused)
        .map(|pair| {
            let [a, b] = pair
                .labels
                .map(|label| harmless::name(&label_name(class_names, label)));
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
pub(crate) fn class_table(metrics: &Metrics, analysis: &Analysis, class_names: &[String]) -> Table {
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
    let mut classes: Vec<_> = metrics.retrieval.classes.iter().collect();
    classes.sort_by(|a, b| {
        let key = |class: &pets::eval::ClassRetrieval| class.map_at_r.unwrap_or(f64::INFINITY);
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
    Table { header, rows }
}

/// The differences to the first model, a row for each model and metric.
pub(crate) fn differences_table(comparison: &Comparison<'_>) -> Table {
    let header = [
        "difference to the first",
        "metric",
        "difference",
        "95 % interval",
        "better in",
    ];
    let rows = comparison
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
