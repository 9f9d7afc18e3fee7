//! Groups of points, and how each is drawn.

use crate::drawing::canvas::Canvas;
use crate::drawing::geometry::Point;
use crate::drawing::marker::Marker;
use crate::drawing::palette::{Colour, Theme, group_colour};

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

/// How a group is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct GroupStyle {
    colour: Colour,
    marker: Marker,
    hollow: bool,
}

impl GroupStyle {
    /// Draws the group's marker.
    pub(super) fn draw(self, canvas: &mut Canvas, centre: Point, radius: f32) {
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

/// A colour and a marker for each group; hollow where it is not of the first kind.
pub(super) fn styles_of(groups: &[Group], theme: Theme) -> Vec<GroupStyle> {
    let first_kind = groups.first().and_then(|group| group.kind.as_ref());
    (0..groups.len())
        .map(|index| GroupStyle {
            colour: group_colour(index, groups.len(), theme),
            marker: Marker::of_group(index),
            hollow: groups[index].kind.as_ref() != first_kind,
        })
        .collect()
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
