//! How one quantity grows with another.

use plotters::element::Circle;
use plotters::series::LineSeries;
use plotters::style::Color;
use serde::{Deserialize, Serialize};

use crate::drawing::axis::{Axis, Scale, plain};
use crate::drawing::chart::{Corner, LegendEntry, Sample, device, draw_chart, pen, rgb};
use crate::drawing::figure::Figure;
use crate::drawing::palette::{MAX_GROUPS, group_colour};
use crate::{Picture, VizError, check};

/// What was measured at several sizes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GrowthSeries {
    /// Name in the legend.
    pub name: String,
    /// Pairs of size and measured value.
    pub points: Vec<(f64, f64)>,
}

/// Values from 0 on, over sizes on a logarithmic axis, whose ticks are the sizes themselves.
///
/// ```
/// use pets_viz::{Figure, GrowthSeries, growth_curves};
///
/// let series = [GrowthSeries {
///     name: "training".into(),
///     points: vec![(1.0, 4.0), (4.0, 9.0), (16.0, 12.0)],
/// }];
/// let picture = growth_curves(&Figure::default(), "images in a batch", "images/s", &series)?;
/// assert_eq!(picture.image().dimensions(), (1000, 640));
/// # Ok::<(), pets_viz::VizError>(())
/// ```
///
/// # Errors
/// [`VizError::Empty`] without points, [`VizError::NotFinite`] and [`VizError::InvalidValue`] for a size that is not
/// above 0, for a value below 0, and for more series than there are colours.
pub fn growth_curves(
    figure: &Figure,
    x_name: &str,
    y_name: &str,
    series: &[GrowthSeries],
) -> Result<Picture, VizError> {
    let points: Vec<(f64, f64)> = series.iter().flat_map(|s| s.points.clone()).collect();
    check::not_empty("measured points", &points)?;
    check::finite("sizes", points.iter().map(|point| point.0))?;
    check::finite("measured values", points.iter().map(|point| point.1))?;
    let invalid = |name, value: String, allowed: &str| VizError::InvalidValue {
        name,
        value,
        allowed: allowed.to_owned(),
    };
    if let Some(point) = points.iter().find(|point| point.0 <= 0.0 || point.1 < 0.0) {
        let allowed = "a size above 0 and a value of 0 or more";
        return Err(invalid("measured point", format!("{point:?}"), allowed));
    }
    if series.len() > MAX_GROUPS {
        let allowed = format!("at most {MAX_GROUPS}");
        return Err(invalid(
            "number of series",
            series.len().to_string(),
            &allowed,
        ));
    }
    let mut sizes: Vec<f64> = points.iter().map(|point| point.0).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    let highest = points.iter().map(|point| point.1).fold(0.0, f64::max);
    // The legend stands on the side of the lower values.
    let middle = (sizes[0] * sizes[sizes.len() - 1]).sqrt();
    let highest_where = |left: bool| {
        let side = points.iter().filter(|point| (point.0 <= middle) == left);
        side.map(|point| point.1).fold(0.0, f64::max)
    };
    let corner = if highest_where(true) > highest_where(false) {
        Corner::TopRight
    } else {
        Corner::TopLeft
    };
    let x = Axis {
        name: x_name,
        scale: Scale::logarithmic(sizes[0] * 0.9, sizes[sizes.len() - 1] * 1.1).with_ticks(sizes),
        format: &plain,
    };
    let y = Axis {
        name: y_name,
        scale: Scale::linear(0.0, if highest > 0.0 { highest * 1.25 } else { 1.0 }),
        format: &plain,
    };
    let count = series.len();
    let coloured: Vec<_> = series
        .iter()
        .enumerate()
        .map(|(index, series)| (series, group_colour(index, count, figure.theme())))
        .collect();
    let legend: Vec<LegendEntry<'_>> = coloured
        .iter()
        .map(|(series, colour)| LegendEntry {
            name: &series.name,
            colour: *colour,
            sample: Sample::Line,
        })
        .collect();
    draw_chart(figure, &x, &y, &legend, corner, |chart| {
        for (series, colour) in &coloured {
            let points = series.points.iter().copied();
            chart.draw_series(LineSeries::new(points.clone(), pen(*colour, 2.2)))?;
            let dot = |point| Circle::new(point, device(3.6), rgb(*colour).filled());
            chart.draw_series(points.map(dot))?;
        }
        Ok(())
    })
}
