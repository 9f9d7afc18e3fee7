//! Maps of embeddings: one colour and marker per group, names beside the groups, a legend.

mod legend;
mod plot;

use crate::drawing::canvas::{Align, Canvas, size};
use crate::drawing::chart::{MARGIN, draw_title};
use crate::drawing::figure::Figure;
use crate::drawing::font;
use crate::drawing::geometry::{Point, Rect};
use crate::drawing::marker::Marker;
use crate::drawing::palette::{Colour, MAX_GROUPS, Theme, group_colour};
use crate::{Picture, VizError, check};

/// Height kept for the line under the plot.
const FOOT_HEIGHT: f32 = 26.0;

/// A group of points: its name, and the kind it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Name as it stands beside the points and in the legend.
    pub name: String,
    /// The kind of the group, where there are several, for instance `cat` and `dog`: the first kind
    /// is drawn with filled markers, every other one with hollow markers, and the legend has a
    /// section for each.
    pub kind: Option<String>,
}

/// Points in the plane and what they stand for.
#[derive(Debug, Clone, Copy)]
pub struct Scatter<'a> {
    /// Positions, for instance [`Projection::points`](crate::Projection::points).
    pub points: &'a [[f32; 2]],
    /// For each point the index of its group.
    pub labels: &'a [usize],
    /// The groups.
    pub groups: &'a [Group],
    /// A line to stand under the plot, for instance
    /// [`Projection::footnote`](crate::Projection::footnote).
    pub footnote: &'a str,
}

/// How a group is drawn.
#[derive(Debug, Clone, Copy)]
struct GroupStyle {
    colour: Colour,
    marker: Marker,
    hollow: bool,
}

impl GroupStyle {
    fn draw(self, canvas: &mut Canvas, centre: Point, radius: f32) {
        let paper = canvas.palette().paper;
        let corners = self.marker.corners(centre, radius);
        if self.hollow {
            canvas.fill_polygon(&corners, paper, 1.0);
            canvas.stroke_polygon(&corners, self.colour, 1.5);
        } else {
            canvas.stroke_polygon(&corners, paper, 1.2);
            canvas.fill_polygon(&corners, self.colour, 1.0);
        }
    }
}

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
    check_scatter(scatter)?;
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

fn styles_of(groups: &[Group], theme: Theme) -> Vec<GroupStyle> {
    let first_kind = groups.first().and_then(|group| group.kind.as_ref());
    (0..groups.len())
        .map(|index| GroupStyle {
            colour: group_colour(index, groups.len(), theme),
            marker: Marker::of_group(index),
            hollow: groups[index].kind.as_ref() != first_kind,
        })
        .collect()
}

fn check_scatter(scatter: &Scatter<'_>) -> Result<(), VizError> {
    let Scatter {
        points,
        labels,
        groups,
        ..
    } = *scatter;
    check::not_empty("points", points)?;
    check::same_length("labels of points", points.len(), labels.len())?;
    check::finite(
        "points (x, y, x, y, …)",
        points.as_flattened().iter().map(|value| f64::from(*value)),
    )?;
    if groups.len() > MAX_GROUPS {
        let allowed = format!("at most {MAX_GROUPS}, which is how many can be told apart");
        return Err(VizError::InvalidValue {
            name: "number of groups",
            value: groups.len().to_string(),
            allowed,
        });
    }
    match labels.iter().find(|label| **label >= groups.len()) {
        Some(label) => Err(VizError::InvalidValue {
            name: "label",
            value: label.to_string(),
            allowed: format!("less than {}, the number of groups", groups.len()),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_kind_is_hollow() {
        let group = |kind: Option<&str>| Group {
            name: "x".into(),
            kind: kind.map(str::to_owned),
        };
        let hollow = |groups: &[Group]| {
            styles_of(groups, Theme::Light)
                .iter()
                .map(|style| style.hollow)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            hollow(&[group(Some("cat")), group(Some("dog")), group(Some("cat"))]),
            [false, true, false]
        );
        assert_eq!(hollow(&[group(None), group(None)]), [false, false]);
    }
}
