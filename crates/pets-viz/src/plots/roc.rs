//! Receiver operating characteristic of verification.

use plotters::element::Circle;
use plotters::series::{DashedLineSeries, LineSeries};
use plotters::style::Color;

use crate::drawing::axis::{Axis, Scale, plain, scientific};
use crate::drawing::chart::{Corner, LegendEntry, Sample, device, draw_chart, pen, rgb};
use crate::drawing::figure::Figure;
use crate::{Picture, VizError, check};

/// Smallest false accept rate that a logarithmic axis shows.
const LEAST_RATE: f64 = 1e-6;

/// ROC curve: true accept rate over false accept rate, with the area under it and the equal error
/// rate marked.
///
/// `points` are pairs (false accept rate, true accept rate), ordered by threshold, so that neither
/// rate falls. The equal error rate is where false accept rate = 1 − true accept rate; its mark
/// lies where the falling diagonal meets the curve.
///
/// ```
/// use pets_viz::{Figure, roc_curve};
///
/// let points = [(0.0, 0.0), (0.1, 0.9), (1.0, 1.0)];
/// let picture = roc_curve(&Figure::new(720, 720)?, &points, 0.9, 0.1)?;
/// assert_eq!(picture.image().width(), 720);
/// # Ok::<(), pets_viz::VizError>(())
/// ```
///
/// # Errors
/// [`VizError::Empty`] without points; [`VizError::NotFinite`] or [`VizError::InvalidValue`] for a
/// rate outside 0 to 1 and for rates that fall.
pub fn roc_curve(
    figure: &Figure,
    points: &[(f64, f64)],
    auc: f64,
    eer: f64,
) -> Result<Picture, VizError> {
    check_curve(points, auc, eer)?;
    // A little air keeps the curve off the frame, where it would be hard to see.
    let air = || Scale::linear(-0.015, 1.015);
    let chance = vec![(0.0, 0.0), (1.0, 1.0)];
    draw_roc(
        figure,
        points,
        [auc, eer],
        air(),
        chance,
        Corner::BottomRight,
    )
}

/// The same curve over a logarithmic false accept rate, which shows the strict thresholds that
/// matter where a wrong match is dear. Points that accept no negative pair have no place on it.
///
/// # Errors
/// As [`roc_curve`], and [`VizError::Empty`] where no point accepts a negative pair.
pub fn roc_curve_log(
    figure: &Figure,
    points: &[(f64, f64)],
    auc: f64,
    eer: f64,
) -> Result<Picture, VizError> {
    check_curve(points, auc, eer)?;
    let shown: Vec<(f64, f64)> = points
        .iter()
        .copied()
        .filter(|point| point.0 >= LEAST_RATE)
        .collect();
    check::not_empty("ROC points that accept a negative pair", &shown)?;
    let scale = Scale::decades(shown[0].0.min(0.1), 1.0);
    let decades = shown[0].0.min(0.1).log10().floor();
    let chance = (0..=120)
        .map(|step| 10f64.powf(decades * (1.0 - f64::from(step) / 120.0)))
        .map(|rate| (rate, rate))
        .collect();
    draw_roc(figure, &shown, [auc, eer], scale, chance, Corner::TopLeft)
}

fn check_curve(points: &[(f64, f64)], auc: f64, eer: f64) -> Result<(), VizError> {
    check::not_empty("ROC points", points)?;
    check::shares("false accept rate", points.iter().map(|point| point.0))?;
    check::shares("true accept rate", points.iter().map(|point| point.1))?;
    check::shares("area under the curve", [auc])?;
    check::shares("equal error rate", [eer])?;
    let falls = |pair: &[(f64, f64)]| pair[1].0 < pair[0].0 || pair[1].1 < pair[0].1;
    if let Some([before, point]) = points.windows(2).find(|pair| falls(pair)) {
        return Err(VizError::InvalidValue {
            name: "ROC point",
            value: format!("{point:?}"),
            allowed: format!("neither rate may fall, and it follows {before:?}"),
        });
    }
    Ok(())
}

fn draw_roc(
    figure: &Figure,
    points: &[(f64, f64)],
    [auc, eer]: [f64; 2],
    x_scale: Scale,
    chance: Vec<(f64, f64)>,
    corner: Corner,
) -> Result<Picture, VizError> {
    let palette = figure.palette();
    let area = format!("ROC curve (AUC {auc:.4})");
    let equal = format!("equal error rate {:.2} %", eer * 100.0);
    let legend = [
        LegendEntry {
            name: &area,
            colour: palette.first,
            sample: Sample::Line,
        },
        LegendEntry {
            name: &equal,
            colour: palette.second,
            sample: Sample::Dot,
        },
        LegendEntry {
            name: "chance",
            colour: palette.muted,
            sample: Sample::Dashes,
        },
    ];
    let x = Axis {
        name: "false accept rate",
        scale: x_scale,
        format: &rate_text,
    };
    let y = Axis {
        name: "true accept rate",
        scale: Scale::linear(-0.015, 1.015),
        format: &plain,
    };
    draw_chart(figure, &x, &y, &legend, corner, |chart| {
        chart.draw_series(DashedLineSeries::new(
            chance,
            device(6.0),
            device(4.0),
            pen(palette.muted, 1.2),
        ))?;
        chart.draw_series(LineSeries::new(
            points.iter().copied(),
            pen(palette.first, 2.4),
        ))?;
        chart.draw_series([Circle::new(
            (eer, 1.0 - eer),
            device(5.0),
            rgb(palette.second).filled(),
        )])?;
        Ok(())
    })
}

/// A rate as plain as it can be written: `0.2`, `1e-3`.
fn rate_text(rate: f64) -> String {
    if rate == 0.0 || rate >= 0.01 {
        plain(rate)
    } else {
        scientific(rate)
    }
}
