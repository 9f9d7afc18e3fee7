//! Several runs side by side.

use std::path::Path;

use serde::Serialize;

use super::html::page;
use super::soundness::check_report;
use super::{Headline, Report, RocStep};
use crate::palette::{Theme, group_colour};
use crate::{EpochPoint, VizError, check, file};

const TEMPLATE: &str = include_str!("../../assets/report/compare.html");
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("../../assets/report/elements.js"),
    include_str!("../../assets/report/charts.js"),
    include_str!("../../assets/report/compare.js"),
    "})();\n",
);

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
    /// The colour of its curves, on light and on dark paper.
    colours: [String; 2],
}

/// Runs against each other as one HTML page like that of [`report_html`](super::report_html): a
/// table of their figures with the differences to the first run, their curves over each other, and
/// the settings in which they differ. The runs go by the titles of their reports.
///
/// # Errors
/// [`VizError::Empty`] without runs, and as [`report_html`](super::report_html) for each.
pub fn compare_html(title: &str, runs: &[Report]) -> Result<String, VizError> {
    check::not_empty("runs", runs)?;
    runs.iter().try_for_each(check_report)?;
    let run = |(index, report)| run_of(report, index, runs.len());
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
    runs: &[Report],
    path: impl AsRef<Path>,
) -> Result<(), VizError> {
    file::write(path.as_ref(), compare_html(title, runs)?.as_bytes())
}

fn run_of(report: &Report, index: usize, count: usize) -> Run<'_> {
    Run {
        name: &report.title,
        headlines: &report.headlines,
        history: &report.history,
        roc: report
            .verification
            .as_ref()
            .map_or(&[], |verification| &verification.roc),
        configuration: &report.configuration,
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
}
