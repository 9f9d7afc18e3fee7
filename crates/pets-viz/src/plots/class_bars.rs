//! A figure of each class, with its spread.

use crate::drawing::canvas::{Align, Canvas, size};
use crate::drawing::chart::{MARGIN, draw_title};
use crate::drawing::figure::Figure;
use crate::drawing::font;
use crate::drawing::geometry::Rect;
use crate::{Picture, VizError, check};

/// Names are shortened to this width.
const LONGEST_NAME: f32 = 190.0;
/// Room for the value behind a bar.
const VALUE_WIDTH: f32 = 52.0;
/// Height kept for the numbers of the axis and its name.
const AXIS_HEIGHT: f32 = 46.0;
const LOWEST_ROW: f32 = 11.0;
const HIGHEST_ROW: f32 = 48.0;

/// A class and a value, from 0 to 1, for each of its queries.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassValues {
    /// Name of the class.
    pub name: String,
    /// For instance the average precision of each query.
    pub values: Vec<f64>,
}

/// A bar for the mean of each class, the best first, and a line over the middle half of its queries
/// (25th to 75th percentile); a dashed line is the mean of all queries.
///
/// ```
/// use pets_viz::{ClassValues, Figure, class_bars};
///
/// let class = |name: &str, values: &[f64]| ClassValues { name: name.into(), values: values.into() };
/// let classes = [class("Bengal", &[0.2, 0.7, 0.9]), class("pug", &[0.8, 1.0])];
/// class_bars(&Figure::default(), "average precision at R", &classes)?;
/// # Ok::<(), pets_viz::VizError>(())
/// ```
///
/// # Errors
/// [`VizError::Empty`] without classes or for a class without values, [`VizError::NotFinite`] and
/// [`VizError::InvalidValue`] for a value outside 0 to 1 and for a figure too low for so many
/// classes.
pub fn class_bars(
    figure: &Figure,
    measure: &str,
    classes: &[ClassValues],
) -> Result<Picture, VizError> {
    check::not_empty("classes", classes)?;
    for class in classes {
        check::not_empty("values of a class", &class.values)?;
        check::shares("value of a query", class.values.iter().copied())?;
    }
    let mut rows: Vec<Row<'_>> = classes.iter().map(Row::of).collect();
    rows.sort_by(|a, b| b.mean.total_cmp(&a.mean));
    let queries: Vec<f64> = classes
        .iter()
        .flat_map(|class| class.values.clone())
        .collect();
    let overall = mean(&queries);

    let mut canvas = Canvas::new(figure.width(), figure.height(), figure.theme())?;
    let top = draw_title(&mut canvas, figure.title(), figure.width()) + MARGIN;
    let room = figure.height() as f32 - top - AXIS_HEIGHT - MARGIN;
    let row_height = (room / rows.len() as f32).min(HIGHEST_ROW);
    if row_height < LOWEST_ROW {
        return Err(VizError::InvalidValue {
            name: "figure height",
            value: figure.height().to_string(),
            allowed: format!(
                "{:.0} pixels or more for {} classes",
                LOWEST_ROW * rows.len() as f32 + top + AXIS_HEIGHT + MARGIN,
                rows.len()
            ),
        });
    }
    let letters = size::LABEL.min(row_height * 0.82);
    let names = rows
        .iter()
        .map(|row| font::text_width(row.name, letters).min(LONGEST_NAME))
        .fold(0.0, f32::max);
    let left = MARGIN + names + 8.0;
    let plot = Rect::new(
        left,
        top,
        figure.width() as f32 - left - VALUE_WIDTH - MARGIN,
        row_height * rows.len() as f32,
    );
    draw_axis(&mut canvas, plot, measure, overall);
    for (index, row) in rows.iter().enumerate() {
        let middle = plot.y + (index as f32 + 0.5) * row_height;
        row.draw(&mut canvas, plot, middle, row_height, letters);
    }
    let at = x_of(plot, overall);
    canvas.dashed_line(
        &[(at, plot.y), (at, plot.bottom())],
        canvas.palette().ink,
        1.2,
    );
    Ok(canvas.finish())
}

/// A class as it is drawn.
struct Row<'a> {
    name: &'a str,
    mean: f64,
    quartiles: [f64; 2],
}

impl<'a> Row<'a> {
    fn of(class: &'a ClassValues) -> Self {
        let mut sorted = class.values.clone();
        sorted.sort_by(f64::total_cmp);
        Self {
            name: &class.name,
            mean: mean(&sorted),
            quartiles: [0.25, 0.75].map(|share| quantile(&sorted, share)),
        }
    }

    fn draw(&self, canvas: &mut Canvas, plot: Rect, middle: f32, height: f32, letters: f32) {
        let palette = canvas.palette();
        let name = font::shorten(self.name, letters, LONGEST_NAME);
        canvas.text(
            &name,
            (plot.x - 8.0, middle),
            Align::Right,
            letters,
            palette.ink,
        );
        let half = height * 0.36;
        let width = x_of(plot, self.mean) - plot.x;
        let bar = Rect::new(plot.x, middle - half, width, 2.0 * half);
        canvas.fill_rect(bar, palette.first, 0.75);
        let [low, high] = self.quartiles.map(|quartile| x_of(plot, quartile));
        canvas.line(&[(low, middle), (high, middle)], palette.ink, 1.0, 1.6);
        for end in [low, high] {
            canvas.line(
                &[(end, middle - half * 0.6), (end, middle + half * 0.6)],
                palette.ink,
                1.0,
                1.6,
            );
        }
        let value = format!("{:.1} %", self.mean * 100.0);
        let at = (plot.right() + VALUE_WIDTH, middle);
        canvas.text(&value, at, Align::Right, letters, palette.muted);
    }
}

fn draw_axis(canvas: &mut Canvas, plot: Rect, measure: &str, overall: f64) {
    let palette = canvas.palette();
    for tenth in (0..=10u8).step_by(2) {
        let x = x_of(plot, f64::from(tenth) / 10.0);
        canvas.line(
            &[(x, plot.y), (x, plot.bottom() + 4.0)],
            palette.grid,
            1.0,
            1.0,
        );
        let number = format!("{} %", u32::from(tenth) * 10);
        let under = (x, plot.bottom() + 14.0);
        canvas.text(&number, under, Align::Centre, size::TICK, palette.muted);
    }
    let legend = format!(
        "{measure}: mean, middle half of the queries; dashed: {:.1} % over all",
        overall * 100.0
    );
    let line = font::shorten(&legend, size::NOTE, plot.right() + VALUE_WIDTH - MARGIN);
    let end = (plot.right() + VALUE_WIDTH, plot.bottom() + 36.0);
    canvas.text(&line, end, Align::Right, size::NOTE, palette.ink);
}

fn x_of(plot: Rect, value: f64) -> f32 {
    plot.x + plot.width * value as f32
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The value below which `share` of the sorted values lie, by linear interpolation.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    sorted[low] + (sorted[high] - sorted[low]) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_the_values() {
        let close = |got: f64, expected: f64| (got - expected).abs() < 1e-12;
        assert!(close(quantile(&[0.1, 0.2, 0.4], 0.5), 0.2));
        assert!(close(quantile(&[0.0, 1.0], 0.25), 0.25));
        assert!(close(quantile(&[0.7], 0.75), 0.7));
    }
}
