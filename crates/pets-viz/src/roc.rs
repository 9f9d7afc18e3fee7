//! Receiver operating characteristic of verification.

use plotters::element::Circle;
use plotters::series::{DashedLineSeries, LineSeries};
use plotters::style::Color;

use crate::axis::{Axis, Scale, plain};
use crate::chart::{Corner, LegendEntry, Sample, device, draw_chart, pen, rgb};
use crate::figure::Figure;
use crate::palette::{FIRST, MUTED, SECOND};
use crate::{Picture, VizError, check};

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
    let area = format!("ROC curve (AUC {auc:.4})");
    let equal = format!("equal error rate {:.2} %", eer * 100.0);
    let legend = [
        LegendEntry {
            name: &area,
            colour: FIRST,
            sample: Sample::Line,
        },
        LegendEntry {
            name: &equal,
            colour: SECOND,
            sample: Sample::Dot,
        },
        LegendEntry {
            name: "chance",
            colour: MUTED,
            sample: Sample::Dashes,
        },
    ];
    // A little air keeps the curve off the frame, where it would be hard to see.
    let axis = |name| Axis {
        name,
        scale: Scale::linear(-0.015, 1.015),
        format: &plain,
    };
    let (x, y) = (axis("false accept rate"), axis("true accept rate"));
    draw_chart(figure, &x, &y, &legend, Corner::BottomRight, |chart| {
        let diagonal = [(0.0, 0.0), (1.0, 1.0)];
        chart.draw_series(DashedLineSeries::new(
            diagonal,
            device(6.0),
            device(4.0),
            pen(MUTED, 1.2),
        ))?;
        chart.draw_series(LineSeries::new(points.iter().copied(), pen(FIRST, 2.4)))?;
        chart.draw_series([Circle::new(
            (eer, 1.0 - eer),
            device(5.0),
            rgb(SECOND).filled(),
        )])?;
        Ok(())
    })
}
