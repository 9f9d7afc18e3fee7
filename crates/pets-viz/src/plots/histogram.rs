//! Distances of pairs of the same and of different classes.

use plotters::element::Polygon;
use plotters::series::{DashedLineSeries, LineSeries};
use plotters::style::Color;

use crate::drawing::axis::{Axis, Scale, plain};
use crate::drawing::chart::{Corner, LegendEntry, Sample, device, draw_chart, pen, rgb};
use crate::drawing::figure::Figure;
use crate::{Picture, VizError, check};

/// Two histograms over the same bins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DistanceHistogram<'a> {
    /// Bounds of the bins, rising: one more than there are bins.
    pub edges: &'a [f64],
    /// Density (or count) of positive pairs, those of one class, in each bin.
    pub positive: &'a [f64],
    /// Density (or count) of negative pairs, those of two classes, in each bin.
    pub negative: &'a [f64],
    /// The decision threshold, drawn as a line.
    pub threshold: Option<f64>,
    /// What is on the horizontal axis, for instance `cosine distance`.
    pub measure: &'a str,
}

/// How positive and negative pairs are spread over the distance, with the decision threshold.
///
/// ```
/// use pets_viz::{DistanceHistogram, Figure, distance_histogram};
///
/// let histogram = DistanceHistogram {
///     edges: &[0.0, 0.5, 1.0, 1.5],
///     positive: &[1.6, 0.4, 0.0],
///     negative: &[0.1, 0.9, 1.0],
///     threshold: Some(0.55),
///     measure: "cosine distance",
/// };
/// distance_histogram(&Figure::default(), &histogram)?;
/// # Ok::<(), pets_viz::VizError>(())
/// ```
///
/// # Errors
/// [`VizError::Empty`] without bins, [`VizError::LengthMismatch`] where densities and edges do not
/// fit, [`VizError::NotFinite`] and [`VizError::InvalidValue`] for values that are not finite,
/// negative densities, edges that do not rise.
pub fn distance_histogram(
    figure: &Figure,
    histogram: &DistanceHistogram<'_>,
) -> Result<Picture, VizError> {
    check_bins(histogram)?;
    let palette = figure.palette();
    let DistanceHistogram {
        edges,
        positive,
        negative,
        threshold,
        measure,
    } = *histogram;
    let (low, high) = (edges[0], edges[edges.len() - 1]);
    let highest = positive.iter().chain(negative).copied().fold(0.0, f64::max);
    let top = if highest > 0.0 { highest * 1.12 } else { 1.0 };
    let at_threshold = threshold.map(|threshold| format!("threshold {}", plain(threshold)));
    let mut legend = vec![
        LegendEntry {
            name: "same class",
            colour: palette.first,
            sample: Sample::Area,
        },
        LegendEntry {
            name: "different classes",
            colour: palette.second,
            sample: Sample::Area,
        },
    ];
    if let Some(name) = &at_threshold {
        legend.push(LegendEntry {
            name,
            colour: palette.ink,
            sample: Sample::Dashes,
        });
    }
    let x = Axis {
        name: measure,
        scale: Scale::linear(low, high),
        format: &plain,
    };
    let y = Axis {
        name: "density of pairs",
        scale: Scale::linear(0.0, top),
        format: &plain,
    };
    draw_chart(figure, &x, &y, &legend, Corner::TopLeft, |chart| {
        for (densities, colour) in [(negative, palette.second), (positive, palette.first)] {
            let steps = outline(edges, densities);
            chart.draw_series([Polygon::new(steps.clone(), rgb(colour).mix(0.35).filled())])?;
            chart.draw_series(LineSeries::new(steps, pen(colour, 1.8)))?;
        }
        if let Some(threshold) = threshold {
            let ends = [(threshold, 0.0), (threshold, top)];
            chart.draw_series(DashedLineSeries::new(
                ends,
                device(6.0),
                device(4.0),
                pen(palette.ink, 1.5),
            ))?;
        }
        Ok(())
    })
}

/// The stairs over the bins, from the axis up and back down to it.
fn outline(edges: &[f64], densities: &[f64]) -> Vec<(f64, f64)> {
    let steps = edges
        .windows(2)
        .zip(densities)
        .flat_map(|(bin, density)| [(bin[0], *density), (bin[1], *density)]);
    let (first, last) = (edges[0], edges[edges.len() - 1]);
    std::iter::once((first, 0.0))
        .chain(steps)
        .chain([(last, 0.0)])
        .collect()
}

fn check_bins(histogram: &DistanceHistogram<'_>) -> Result<(), VizError> {
    let DistanceHistogram {
        edges,
        positive,
        negative,
        threshold,
        ..
    } = *histogram;
    check::not_empty("histogram", positive)?;
    check::same_length("bin edges", positive.len() + 1, edges.len())?;
    check::same_length(
        "densities of negative pairs",
        positive.len(),
        negative.len(),
    )?;
    check::finite("bin edges", edges.iter().copied())?;
    check::finite("densities of positive pairs", positive.iter().copied())?;
    check::finite("densities of negative pairs", negative.iter().copied())?;
    check::finite("threshold", threshold)?;
    if let Some(density) = positive
        .iter()
        .chain(negative)
        .find(|density| **density < 0.0)
    {
        let allowed = "0 or more".to_owned();
        return Err(VizError::InvalidValue {
            name: "density",
            value: density.to_string(),
            allowed,
        });
    }
    if let Some(pair) = edges.windows(2).find(|pair| pair[1] <= pair[0]) {
        let allowed = format!("edges must rise, and it follows {}", pair[0]);
        return Err(VizError::InvalidValue {
            name: "bin edge",
            value: pair[1].to_string(),
            allowed,
        });
    }
    match threshold {
        Some(threshold) if !(edges[0]..=edges[edges.len() - 1]).contains(&threshold) => {
            Err(VizError::InvalidValue {
                name: "threshold",
                value: threshold.to_string(),
                allowed: format!(
                    "{} to {}, the range of the bins",
                    edges[0],
                    edges[edges.len() - 1]
                ),
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_has_a_step_per_bin() {
        let steps = outline(&[0.0, 1.0, 2.0], &[3.0, 5.0]);
        assert_eq!(
            steps,
            [
                (0.0, 0.0),
                (0.0, 3.0),
                (1.0, 3.0),
                (1.0, 5.0),
                (2.0, 5.0),
                (2.0, 0.0)
            ]
        );
    }
}
