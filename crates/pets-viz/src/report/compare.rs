//! Several runs side by side.

use std::path::Path;

use serde::Serialize;

use super::html::page;
use super::soundness::check_report;
use super::{Headline, Report, RocStep};
use crate::drawing::palette::{Theme, group_colour};
use crate::{EpochPoint, VizError, check, file};

const TEMPLATE: &str = include_str!("../../assets/report/compare.html");
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("../../assets/report/elements.js"),
    include_str!("../../assets/report/charts.js"),
    include_str!("../../assets/report/compare.js"),
    "})();\n",
);

/// A run that is held against others.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ComparedRun {
    /// What is known of it; the run goes by the report's title.
    pub report: Report,
    /// How figures differ from those of the first run, where a paired test could tell.
    pub differences: Vec<Difference>,
    /// Why there is no such test, for the reader.
    pub remark: Option<String>,
}

/// The difference of a figure to that of the first run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The name of the figure, as in [`Headline::name`].
    pub name: String,
    /// The ends of its 95 % interval.
    pub interval: [f64; 2],
}

/// What the script of the page reads.
#[derive(Serialize)]
struct Comparison<'a> {
    title: &'a str,
    runs: Vec<Run<'a>>,
}

/// The parts of a report that are held against those of others.
#[derive(Serialize)]
struct Run<'a> {
    name: &'a str,
    headlines: &'a [Headline],
    history: &'a [EpochPoint],
    roc: &'a [RocStep],
    configuration: &'a str,
    differences: &'a [Difference],
    remark: Option<&'a str>,
    /// The colour of its curves, on light and on dark paper.
    colours: [String; 2],
}

/// Runs against each other as one HTML page like that of [`report_html`](super::report_html): a
/// table of their figures with the differences to the first run, their curves over each other, and
/// the settings in which they differ. A difference whose interval holds zero is shown as no better and
/// no worse.
///
/// # Errors
/// [`VizError::Empty`] without runs, and as [`report_html`](super::report_html) for each.
pub fn compare_html(title: &str, runs: &[ComparedRun]) -> Result<String, VizError> {
    check::not_empty("runs", runs)?;
    for run in runs {
        check_report(&run.report)?;
        let ends = run.differences.iter().flat_map(|found| found.interval);
        check::finite("interval of a difference", ends)?;
    }
    let run = |(index, run)| run_of(run, index, runs.len());
    let comparison = Comparison {
        title,
        runs: runs.iter().enumerate().map(run).collect(),
    };
    page(TEMPLATE, title, &comparison, SCRIPT)
}

/// Writes the page that [`compare_html`] makes, whole or not at all.
///
/// # Errors
/// As [`compare_html`], and [`VizError::Write`] where the folder is missing or cannot be written to.
pub fn save_comparison(
    title: &str,
    runs: &[ComparedRun],
    path: impl AsRef<Path>,
) -> Result<(), VizError> {
    file::write(path.as_ref(), compare_html(title, runs)?.as_bytes())
}

fn run_of(run: &ComparedRun, index: usize, count: usize) -> Run<'_> {
    let report = &run.report;
    Run {
        name: &report.title,
        headlines: &report.headlines,
        history: &report.history,
        roc: report
            .verification
            .as_ref()
            .map_or(&[], |verification| &verification.roc),
        configuration: &report.configuration,
        differences: &run.differences,
        remark: run.remark.as_deref(),
        colours: [Theme::Light, Theme::Dark].map(|theme| group_colour(index, count, theme).css()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_needs_a_run() {
        assert!(matches!(
            compare_html("none", &[]),
            Err(VizError::Empty { .. })
        ));
    }

    #[test]
    fn an_interval_must_be_numbers() {
        let run = ComparedRun {
            differences: vec![Difference {
                name: "Recall@1".into(),
                interval: [f64::NAN, 0.1],
            }],
            ..ComparedRun::default()
        };
        assert!(matches!(
            compare_html("none", &[run]),
            Err(VizError::NotFinite { .. })
        ));
    }
}
