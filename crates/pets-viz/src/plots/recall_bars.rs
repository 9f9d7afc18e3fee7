//! Recall@K as bars.

use plotters::element::{Rectangle, Text};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::drawing::axis::{Axis, Scale, plain};
use crate::drawing::canvas::size;
use crate::drawing::chart::{Corner, draw_chart, rgb, text};
use crate::drawing::figure::Figure;
use crate::drawing::palette::Palette;
use crate::{Picture, VizError, check};

/// A bar for Recall@K of each pair (K, recall), with its value above it.
///
/// ```
/// use pets_viz::{Figure, recall_bars};
///
/// recall_bars(&Figure::default().titled("Retrieval"), &[(1, 0.872), (5, 0.951), (10, 0.97)])?;
/// # Ok::<(), pets_viz::VizError>(())
/// ```
///
/// # Errors
/// [`VizError::Empty`] without values, [`VizError::NotFinite`] and [`VizError::InvalidValue`] for a
/// recall outside 0 to 1.
pub fn recall_bars(figure: &Figure, recalls: &[(usize, f64)]) -> Result<Picture, VizError> {
    let palette = figure.palette();
    check::not_empty("recall values", recalls)?;
    check::shares("recall", recalls.iter().map(|recall| recall.1))?;
    let places: Vec<f64> = (0..recalls.len()).map(|place| place as f64).collect();
    let x_scale = Scale::linear(-0.6, recalls.len() as f64 - 0.4).with_ticks(places);
    let y_scale = Scale::linear(0.0, 1.08).with_ticks(vec![0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
    let k = |place: f64| {
        recalls
            .get(place as usize)
            .map_or_else(String::new, |r| r.0.to_string())
    };
    let x = Axis {
        name: "K",
        scale: x_scale,
        format: &k,
    };
    let y = Axis {
        name: "Recall@K",
        scale: y_scale,
        format: &plain,
    };
    draw_chart(figure, &x, &y, &[], Corner::TopRight, |chart| {
        chart.draw_series(recalls.iter().enumerate().map(|(place, (_, recall))| {
            let place = place as f64;
            Rectangle::new(
                [(place - 0.32, 0.0), (place + 0.32, *recall)],
                rgb(palette.first).filled(),
            )
        }))?;
        let values = recalls.iter().enumerate();
        chart
            .draw_series(values.map(|(place, (_, recall))| value_text(place, *recall, palette)))?;
        Ok(())
    })
}

/// The value of a bar in per cent, inside its top end or, where the bar is low, above it.
fn value_text(place: usize, recall: f64, palette: Palette) -> Text<'static, (f64, f64), String> {
    let (at, side, colour) = if recall > 0.15 {
        (recall - 0.02, VPos::Top, palette.paper)
    } else {
        (recall + 0.015, VPos::Bottom, palette.ink)
    };
    let style = text(size::AXIS, colour).pos(Pos::new(HPos::Center, side));
    Text::new(
        format!("{:.1} %", recall * 100.0),
        (place as f64, at),
        style,
    )
}
