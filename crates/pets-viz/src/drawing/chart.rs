//! What the charts share: frame, axes, title and legend.

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::{DrawingAreaErrorKind, IntoDrawingArea};
use plotters::style::{Color, IntoFont, RGBColor, ShapeStyle, TextStyle};

use crate::drawing::axis::{Axis, Scale};
use crate::drawing::backend::ChartBackend;
use crate::drawing::canvas::{Align, Canvas, SCALE, size};
use crate::drawing::figure::Figure;
use crate::drawing::font;
use crate::drawing::geometry::Rect;
use crate::drawing::palette::{Colour, Palette};
use crate::{Picture, VizError};

/// A plotters chart on our canvas.
pub(crate) type Chart<'a> = ChartContext<'a, ChartBackend<'a>, Cartesian2d<Scale, Scale>>;

/// Space between the edge of the picture and what is drawn.
pub(crate) const MARGIN: f32 = 16.0;
/// Height kept for the title.
pub(crate) const TITLE_HEIGHT: f32 = 34.0;

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for VizError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self::Draw(error.to_string())
    }
}

/// Pixels of the finished picture as plotters counts them.
pub(crate) fn device(pixels: f32) -> u32 {
    (pixels * SCALE as f32).round() as u32
}

pub(crate) fn rgb(Colour(red, green, blue): Colour) -> RGBColor {
    RGBColor(red, green, blue)
}

/// A line `width` pixels wide.
pub(crate) fn pen(colour: Colour, width: f32) -> ShapeStyle {
    rgb(colour).stroke_width(device(width))
}

/// Text in the bundled font, whatever plotters would choose.
pub(crate) fn text(size: f32, colour: Colour) -> TextStyle<'static> {
    ("DejaVu Sans", f64::from(size) * f64::from(SCALE))
        .into_font()
        .color(&rgb(colour))
}

/// Draws the title, if there is one, over `canvas`; the height it takes.
pub(crate) fn draw_title(canvas: &mut Canvas, title: Option<&str>, width: u32) -> f32 {
    let Some(title) = title else { return 0.0 };
    let centre = width as f32 / 2.0;
    let title = font::shorten(title, size::TITLE, width as f32 - 2.0 * MARGIN);
    canvas.text(
        &title,
        (centre, MARGIN + size::TITLE / 2.0),
        Align::Centre,
        size::TITLE,
        canvas.palette().ink,
    );
    TITLE_HEIGHT
}

/// A picture of one chart with axes `x` and `y`; `series` draws what is in it.
pub(crate) fn draw_chart<T>(
    figure: &Figure,
    x: &Axis<'_>,
    y: &Axis<'_>,
    legend: &[LegendEntry<'_>],
    corner: Corner,
    series: T,
) -> Result<Picture, VizError>
where
    T: for<'a> FnOnce(&mut Chart<'a>) -> Result<(), VizError>,
{
    let mut canvas = Canvas::new(figure.width(), figure.height(), figure.theme())?;
    let top = draw_title(&mut canvas, figure.title(), figure.width());
    let plot = {
        let root = ChartBackend(&mut canvas).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(device(MARGIN))
            .margin_top(device(MARGIN + top))
            .margin_right(device(MARGIN + 8.0))
            .x_label_area_size(device(48.0))
            .y_label_area_size(device(72.0))
            .build_cartesian_2d(x.scale.clone(), y.scale.clone())?;
        draw_axes(&mut chart, x, y, figure.palette())?;
        series(&mut chart)?;
        plot_area(&chart)
    };
    draw_legend(&mut canvas, plot, legend, corner);
    Ok(canvas.finish())
}

/// Where the chart's series are, in pixels of the finished picture.
fn plot_area(chart: &Chart<'_>) -> Rect {
    let (across, down) = chart.plotting_area().get_pixel_range();
    let scale = SCALE as f32;
    let (x, y) = (across.start as f32 / scale, down.start as f32 / scale);
    Rect::new(x, y, across.len() as f32 / scale, down.len() as f32 / scale)
}

fn draw_axes(
    chart: &mut Chart<'_>,
    x: &Axis<'_>,
    y: &Axis<'_>,
    palette: Palette,
) -> Result<(), VizError> {
    chart
        .configure_mesh()
        .x_desc(x.name)
        .y_desc(y.name)
        .x_label_formatter(&|value| (x.format)(*value))
        .y_label_formatter(&|value| (y.format)(*value))
        .axis_desc_style(text(size::AXIS, palette.ink))
        .label_style(text(size::TICK, palette.muted))
        .axis_style(pen(palette.muted, 1.0))
        .bold_line_style(pen(palette.grid, 1.0))
        .set_all_tick_mark_size(device(4.0))
        .draw()?;
    Ok(())
}

/// How a series is drawn in the legend.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sample {
    Line,
    Dashes,
    Area,
    Dot,
}

/// A line of the legend.
pub(crate) struct LegendEntry<'a> {
    pub(crate) name: &'a str,
    pub(crate) colour: Colour,
    pub(crate) sample: Sample,
}

/// Where in the plot the legend stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Corner {
    TopLeft,
    TopRight,
    BottomRight,
}

fn draw_legend(canvas: &mut Canvas, plot: Rect, entries: &[LegendEntry<'_>], corner: Corner) {
    const ROW: f32 = 21.0;
    const SAMPLE: f32 = 26.0;
    const INSET: f32 = 10.0;
    if entries.is_empty() {
        return;
    }
    let widest = entries
        .iter()
        .map(|entry| font::text_width(entry.name, size::NOTE))
        .fold(0.0, f32::max);
    let (width, height) = (
        widest + SAMPLE + 3.0 * INSET,
        entries.len() as f32 * ROW + INSET,
    );
    let (left, right) = (plot.x + INSET, plot.right() - width - INSET);
    let (top, bottom) = (plot.y + INSET, plot.bottom() - height - INSET);
    let (x, y) = match corner {
        Corner::TopLeft => (left, top),
        Corner::TopRight => (right, top),
        Corner::BottomRight => (right, bottom),
    };
    let palette = canvas.palette();
    canvas.fill_rect(Rect::new(x, y, width, height), palette.paper, 0.9);
    canvas.stroke_rect(Rect::new(x, y, width, height), palette.grid, 1.0);
    for (row, entry) in entries.iter().enumerate() {
        let middle = y + INSET / 2.0 + (row as f32 + 0.5) * ROW;
        let (from, to) = (x + INSET, x + INSET + SAMPLE);
        match entry.sample {
            Sample::Line => canvas.line(&[(from, middle), (to, middle)], entry.colour, 1.0, 2.2),
            Sample::Dashes => {
                canvas.dashed_line(&[(from, middle), (to, middle)], entry.colour, 1.5);
            }
            Sample::Area => canvas.fill_rect(
                Rect::new(from, middle - 5.0, SAMPLE, 10.0),
                entry.colour,
                0.5,
            ),
            Sample::Dot => canvas.fill_circle((f32::midpoint(from, to), middle), 4.5, entry.colour),
        }
        canvas.text(
            entry.name,
            (to + INSET, middle),
            Align::Left,
            size::NOTE,
            palette.ink,
        );
    }
}
