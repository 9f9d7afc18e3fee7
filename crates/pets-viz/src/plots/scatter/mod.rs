//! Maps of embeddings: one colour and marker per group, names beside the groups, a legend.

mod group;
mod legend;
mod plot;
mod points;

pub use group::Group;
pub use points::Scatter;

use group::styles_of;

use crate::drawing::canvas::{Align, Canvas, size};
use crate::drawing::chart::{MARGIN, draw_title};
use crate::drawing::figure::Figure;
use crate::drawing::font;
use crate::drawing::geometry::Rect;
use crate::{Picture, VizError};

/// Height kept for the line under the plot.
const FOOT_HEIGHT: f32 = 26.0;

/// Draws points by group: a colour and a marker for each (Okabe and Ito's palette for up to 8
/// groups), its name beside it with a line to its middle where there is no room closer by, and a
/// legend. Groups without points are left out.
///
/// ```
/// use pets_viz::{Figure, Group, Scatter, scatter};
///
/// let group = |name: &str, kind: &str| Group { name: name.into(), kind: Some(kind.into()) };
/// let scatter_of = Scatter {
///     points: &[[0.0, 0.0], [1.0, 0.2], [5.0, 4.0]],
///     labels: &[0, 0, 1],
///     groups: &[group("Bengal", "cat"), group("pug", "dog")],
///     footnote: "",
/// };
/// scatter(&Figure::new(1200, 900)?, &scatter_of)?;
/// # Ok::<(), pets_viz::VizError>(())
/// ```
///
/// # Errors
/// [`VizError::Empty`] without points, [`VizError::LengthMismatch`] where points and labels do not
/// fit, [`VizError::NotFinite`] for a position that is not finite, [`VizError::InvalidValue`] for a
/// label without a group, more than 88 groups, or a figure too small for the legend.
pub fn scatter(figure: &Figure, scatter: &Scatter<'_>) -> Result<Picture, VizError> {
    scatter.check()?;
    let styles = styles_of(scatter.groups, figure.theme());
    let present: Vec<usize> = (0..scatter.groups.len())
        .filter(|group| scatter.labels.contains(group))
        .collect();

    let mut canvas = Canvas::new(figure.width(), figure.height(), figure.theme())?;
    let (width, height) = (figure.width() as f32, figure.height() as f32);
    let top = draw_title(&mut canvas, figure.title(), figure.width()) + MARGIN;
    let foot = if scatter.footnote.is_empty() {
        0.0
    } else {
        FOOT_HEIGHT
    };
    let room = Rect::new(
        MARGIN,
        top,
        width - 2.0 * MARGIN,
        height - top - foot - MARGIN,
    );

    let legend = legend::Legend::new(scatter.groups, &present, room)?;
    let area = Rect::new(
        room.x,
        room.y,
        room.width - legend.width() - MARGIN,
        room.height,
    );
    plot::draw(&mut canvas, scatter, &styles, &present, area);
    legend.draw(&mut canvas, &styles, (area.right() + MARGIN, room.y));
    let line = font::shorten(scatter.footnote, size::NOTE, room.width);
    canvas.text(
        &line,
        (room.x, height - MARGIN - 4.0),
        Align::Left,
        size::NOTE,
        canvas.palette().muted,
    );
    Ok(canvas.finish())
}
