//! Loss and learning rate over the course of training.

use plotters::element::Circle;
use plotters::series::{DashedLineSeries, LineSeries};
use plotters::style::Color;
use serde::Serialize;

use crate::drawing::axis::{Axis, Scale, plain, scientific, whole_ticks};
use crate::drawing::chart::{Corner, LegendEntry, Sample, device, draw_chart, pen, rgb};
use crate::drawing::figure::Figure;
use crate::drawing::palette::Colour;
use crate::{Picture, VizError, check};

/// Most ticks on an axis of epochs or steps.
const TICKS: usize = 12;

/// What one epoch of training left behind.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EpochPoint {
    /// Number of the epoch, usually counted from 1.
    pub epoch: usize,
    /// Mean training loss.
    pub train_loss: f64,
    /// Mean validation loss, where the epoch was validated.
    pub val_loss: Option<f64>,
    /// Learning rate at the end of the epoch.
    pub learning_rate: f64,
}

/// Training and validation loss by epoch, the epoch `best_epoch` marked by a line.
///
/// ```
/// use pets_viz::{EpochPoint, Figure, loss_curves};
///
/// let history: Vec<EpochPoint> = (1..=4)
///     .map(|epoch| EpochPoint {
///         epoch,
///         train_loss: 2.0 / epoch as f64,
///         val_loss: Some(2.2 / epoch as f64),
///         learning_rate: 1e-4,
///     })
///     .collect();
/// let picture = loss_curves(&Figure::default().titled("Loss"), &history, Some(4))?;
/// assert_eq!(picture.image().dimensions(), (1000, 640));
/// # Ok::<(), pets_viz::VizError>(())
/// ```
///
/// # Errors
/// [`VizError::Empty`] without epochs, [`VizError::NotFinite`] for a loss that is NaN or infinite,
/// [`VizError::InvalidValue`] where epochs do not increase or `best_epoch` is none of them.
pub fn loss_curves(
    figure: &Figure,
    points: &[EpochPoint],
    best_epoch: Option<usize>,
) -> Result<Picture, VizError> {
    check_epochs(points, best_epoch)?;
    let palette = figure.palette();
    let train: Vec<(f64, f64)> = points
        .iter()
        .map(|p| (p.epoch as f64, p.train_loss))
        .collect();
    let val: Vec<(f64, f64)> = points
        .iter()
        .filter_map(|p| Some((p.epoch as f64, p.val_loss?)))
        .collect();
    let losses = || train.iter().chain(&val).map(|point| point.1);
    let (low, high) = loss_range(
        losses().fold(f64::INFINITY, f64::min),
        losses().fold(f64::NEG_INFINITY, f64::max),
    );
    let (first, last) = (points[0].epoch, points[points.len() - 1].epoch);
    let pad = ((last - first) as f64 * 0.03).max(0.25);
    let ticks = whole_ticks(first, last, TICKS);
    let x_scale = Scale::linear(first as f64 - pad, last as f64 + pad).with_ticks(ticks);

    let best = best_epoch.map(|epoch| format!("best epoch: {epoch}"));
    let mut legend = vec![LegendEntry {
        name: "training",
        colour: palette.first,
        sample: Sample::Line,
    }];
    if !val.is_empty() {
        legend.push(LegendEntry {
            name: "validation",
            colour: palette.second,
            sample: Sample::Line,
        });
    }
    if let Some(name) = &best {
        legend.push(LegendEntry {
            name,
            colour: palette.right,
            sample: Sample::Dashes,
        });
    }

    let x = Axis {
        name: "epoch",
        scale: x_scale,
        format: &plain,
    };
    let y = Axis {
        name: "loss",
        scale: Scale::linear(low, high),
        format: &plain,
    };
    draw_chart(figure, &x, &y, &legend, Corner::TopRight, |chart| {
        if let Some(epoch) = best_epoch {
            let ends = [(epoch as f64, low), (epoch as f64, high)];
            chart.draw_series(DashedLineSeries::new(
                ends,
                device(6.0),
                device(4.0),
                pen(palette.right, 1.5),
            ))?;
        }
        for (series, colour) in [(&train, palette.first), (&val, palette.second)] {
            chart.draw_series(LineSeries::new(series.iter().copied(), pen(colour, 2.2)))?;
            chart.draw_series(dots(series, colour))?;
        }
        Ok(())
    })
}

/// Learning rate, on a logarithmic axis, over steps or epochs. A rate of 0, which such an axis
/// cannot show, switches to a linear one.
///
/// `points` are pairs of position (step or epoch, named by `x_name`) and learning rate.
///
/// # Errors
/// [`VizError::Empty`] without points, [`VizError::NotFinite`] and [`VizError::InvalidValue`] for a
/// value that is not finite or is negative.
pub fn learning_rate_curve(
    figure: &Figure,
    points: &[(f64, f64)],
    x_name: &str,
) -> Result<Picture, VizError> {
    check::not_empty("learning rates", points)?;
    check::finite(
        "positions of learning rates",
        points.iter().map(|point| point.0),
    )?;
    check::finite("learning rates", points.iter().map(|point| point.1))?;
    if let Some(point) = points.iter().find(|point| point.0 < 0.0 || point.1 < 0.0) {
        let allowed = "a position and a rate of 0 or more".to_owned();
        let value = format!("{point:?}");
        return Err(VizError::InvalidValue {
            name: "learning rate",
            value,
            allowed,
        });
    }
    let range = |values: &dyn Fn(&(f64, f64)) -> f64| {
        points
            .iter()
            .map(values)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
                (low.min(v), high.max(v))
            })
    };
    let (first, last) = range(&|point| point.0);
    let (lowest, highest) = range(&|point| point.1);
    let pad = ((last - first) * 0.03).max(0.25);
    let ticks = whole_ticks(first as usize, last.ceil() as usize, TICKS);
    let x_scale = Scale::linear(first - pad, last + pad).with_ticks(ticks);
    let y_scale = if lowest > 0.0 {
        Scale::decades(lowest, highest)
    } else {
        Scale::linear(0.0, if highest > 0.0 { highest * 1.08 } else { 1.0 })
    };
    let x = Axis {
        name: x_name,
        scale: x_scale,
        format: &plain,
    };
    let y = Axis {
        name: "learning rate",
        scale: y_scale,
        format: &scientific,
    };
    let colour = figure.palette().first;
    draw_chart(figure, &x, &y, &[], Corner::TopRight, |chart| {
        chart.draw_series(LineSeries::new(points.iter().copied(), pen(colour, 2.2)))?;
        chart.draw_series(dots(points, colour))?;
        Ok(())
    })
}

/// A dot for each point, unless they are so many that they would hide the line.
fn dots(points: &[(f64, f64)], colour: Colour) -> impl Iterator<Item = Circle<(f64, f64), u32>> {
    let shown = if points.len() <= 60 { points } else { &[] };
    shown
        .iter()
        .map(move |point| Circle::new(*point, device(3.6), rgb(colour).filled()))
}

/// Range of the loss axis: from 0 unless the curves leave most of that empty.
fn loss_range(lowest: f64, highest: f64) -> (f64, f64) {
    let pad = if highest > lowest {
        (highest - lowest) * 0.08
    } else {
        highest.abs().max(1.0) * 0.1
    };
    let from_zero = lowest >= 0.0 && lowest < highest * 0.6;
    (if from_zero { 0.0 } else { lowest - pad }, highest + pad)
}

fn check_epochs(points: &[EpochPoint], best_epoch: Option<usize>) -> Result<(), VizError> {
    check::not_empty("history", points)?;
    check::finite("training loss", points.iter().map(|point| point.train_loss))?;
    check::finite(
        "validation loss",
        points.iter().map(|point| point.val_loss.unwrap_or(0.0)),
    )?;
    if let Some(pair) = points
        .windows(2)
        .find(|pair| pair[1].epoch <= pair[0].epoch)
    {
        let allowed = format!("epochs must increase, and it follows {}", pair[0].epoch);
        return Err(VizError::InvalidValue {
            name: "epoch",
            value: pair[1].epoch.to_string(),
            allowed,
        });
    }
    match best_epoch {
        Some(best) if points.iter().all(|point| point.epoch != best) => {
            Err(VizError::InvalidValue {
                name: "best epoch",
                value: best.to_string(),
                allowed: "one of the epochs in the history".into(),
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_axis_starts_at_zero_where_that_wastes_little() {
        assert!(loss_range(0.2, 2.0).0.abs() < 1e-12);
        assert!(loss_range(9.0, 10.0).0 > 8.0);
        let (low, high) = loss_range(0.5, 0.5);
        assert!(low < 0.5 && high > 0.5);
        assert!(loss_range(-1.0, 1.0).0 < -1.0);
    }
}
