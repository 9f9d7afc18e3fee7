//! The page around the contents of a report.

use std::path::Path;

use serde::Serialize;

use super::Report;
use super::html::page;
use super::soundness::check_report;
use crate::drawing::marker::Marker;
use crate::drawing::palette::{Theme, group_colour};
use crate::{VizError, file};

const TEMPLATE: &str = include_str!("../../assets/report/report.html");
/// The parts of the script share one scope; `main.js` comes last and uses the others.
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("../../assets/report/elements.js"),
    include_str!("../../assets/report/charts.js"),
    include_str!("../../assets/report/figures.js"),
    include_str!("../../assets/report/verification.js"),
    include_str!("../../assets/report/projection.js"),
    include_str!("../../assets/report/map.js"),
    include_str!("../../assets/report/retrieval.js"),
    include_str!("../../assets/report/classes.js"),
    include_str!("../../assets/report/main.js"),
    "})();\n",
);

/// What the script of the page reads: the report, and how its classes look on a map.
#[derive(Serialize)]
struct Contents<'a> {
    #[serde(flatten)]
    report: &'a Report,
    looks: Vec<Look>,
}

/// How the points of a class are drawn, the same way as in [`scatter`](crate::scatter()).
#[derive(Serialize)]
struct Look {
    light: String,
    dark: String,
    /// Corners around the origin, for a radius of 1.
    corners: Vec<(f32, f32)>,
    hollow: bool,
}

/// The report as one HTML page that holds its style, its script, its data and its photos, opens
/// from the disk and loads nothing from anywhere.
///
/// # Errors
/// [`VizError::NotFinite`], [`VizError::InvalidValue`], [`VizError::LengthMismatch`] and
/// [`VizError::Empty`] for contents that do not fit together: a share outside 0 to 1, a class or a
/// sample that is not there, a map without a point for each sample.
pub fn report_html(report: &Report) -> Result<String, VizError> {
    check_report(report)?;
    let contents = Contents {
        report,
        looks: looks_of(report),
    };
    page(TEMPLATE, &report.title, &contents, SCRIPT)
}

impl Report {
    /// Writes the page that [`report_html`] makes, whole or not at all.
    ///
    /// # Errors
    /// As [`report_html`], and [`VizError::Write`] where the folder is missing or cannot be written
    /// to.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), VizError> {
        file::write(path.as_ref(), report_html(self)?.as_bytes())
    }
}

fn looks_of(report: &Report) -> Vec<Look> {
    let classes = &report.classes;
    let first_kind = classes.first().and_then(|class| class.kind.as_ref());
    (0..classes.len())
        .map(|index| {
            let css = |theme| group_colour(index, classes.len(), theme).css();
            Look {
                light: css(Theme::Light),
                dark: css(Theme::Dark),
                corners: Marker::of_group(index).corners((0.0, 0.0), 1.0),
                hollow: classes[index].kind.as_ref() != first_kind,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Class;

    #[test]
    fn nothing_in_a_report_can_leave_its_place() {
        let hostile = "</script><script>alert(1)</script><!--&\"'";
        let report = Report {
            title: hostile.into(),
            classes: vec![Class::named(hostile)],
            ..Report::default()
        };
        let page = report_html(&report).expect("a report");
        assert!(
            !page.contains("alert(1)</script>"),
            "an end tag got through"
        );
        assert_eq!(page.matches("</script>").count(), 2);
        assert!(page.contains("<title>&lt;/script>"), "the title is escaped");
    }

    #[test]
    fn the_page_loads_nothing() {
        let page = report_html(&Report::default()).expect("an empty report");
        for address in ["src=\"http", "href=\"http", "@import", "url(", "fetch("] {
            assert!(!page.contains(address), "{address}");
        }
        assert!(page.contains("default-src 'none'"));
    }
}
