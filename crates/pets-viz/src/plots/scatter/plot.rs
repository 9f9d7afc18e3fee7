//! The plot itself: frame, points, names.

use super::group::GroupStyle;
use super::points::Scatter;
use crate::drawing::canvas::{Canvas, size};
use crate::drawing::font;
use crate::drawing::geometry::{Point, Rect, distance};
use crate::drawing::label_placement::{Label, place_labels};

/// Space between the frame and the outermost point.
const INSET: f32 = 22.0;
const LABEL_HEIGHT: f32 = 10.0;
/// Names beside the points are shortened to this width.
const LONGEST_LABEL: f32 = 150.0;
/// A line joins a name to its group where they are farther apart than this.
const LEADER_FROM: f32 = 14.0;

/// Draws the points of `scatter` and the names of the groups `present` within `area`.
pub(super) fn draw(
    canvas: &mut Canvas,
    scatter: &Scatter<'_>,
    styles: &[GroupStyle],
    present: &[usize],
    area: Rect,
) {
    canvas.stroke_rect(area, canvas.palette().grid, 1.0);
    let places = fit(scatter.points, area.grown(-INSET));
    let radius = marker_radius(places.len());
    for index in mixed_order(places.len()) {
        styles[scatter.labels[index]].draw(canvas, places[index], radius);
    }
    draw_names(canvas, scatter, present, &places, radius, area.grown(-4.0));
}

fn draw_names(
    canvas: &mut Canvas,
    scatter: &Scatter<'_>,
    present: &[usize],
    places: &[Point],
    radius: f32,
    bounds: Rect,
) {
    let names: Vec<_> = present
        .iter()
        .map(|group| font::shorten(&scatter.groups[*group].name, size::LABEL, LONGEST_LABEL))
        .collect();
    let labels: Vec<Label> = present
        .iter()
        .zip(&names)
        .map(|(group, name)| {
            let (anchor, core) = core_of(*group, scatter.labels, places);
            // Room for a marker on either side, so that a name hides none even in part.
            let room = 2.0 * radius + 3.0;
            let size = (
                font::text_width(name, size::LABEL) + room,
                LABEL_HEIGHT + room,
            );
            Label { anchor, core, size }
        })
        .collect();
    let palette = canvas.palette();
    let placed = place_labels(&labels, places, bounds);
    for (label, place) in labels.iter().zip(&placed) {
        let Some(place) = place else { continue };
        let (from, to) = label.leader(place);
        if distance(from, to) > LEADER_FROM {
            canvas.line(&[from, to], palette.paper, 0.8, 2.6);
            canvas.line(&[from, to], palette.leader, 1.0, 1.0);
        }
    }
    for (name, place) in names.iter().zip(placed) {
        if let Some(place) = place {
            canvas.haloed_text(name, place.centre(), size::LABEL, palette.ink);
        }
    }
}

/// The points moved and scaled, equally in both directions, to lie centred in `area`.
fn fit(points: &[[f32; 2]], area: Rect) -> Vec<Point> {
    let range = |axis: usize| {
        points
            .iter()
            .map(|point| f64::from(point[axis]))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
                (low.min(v), high.max(v))
            })
    };
    let ((left, right), (bottom, top)) = (range(0), range(1));
    let scale =
        (f64::from(area.width) / (right - left)).min(f64::from(area.height) / (top - bottom));
    // All points in one place: any scale will do.
    let scale = if scale.is_finite() { scale } else { 0.0 };
    let (x, y) = (f64::midpoint(left, right), f64::midpoint(bottom, top));
    let centre = area.centre();
    points
        .iter()
        .map(|point| {
            let across = (f64::from(point[0]) - x) * scale;
            let up = (f64::from(point[1]) - y) * scale;
            (centre.0 + across as f32, centre.1 - up as f32)
        })
        .collect()
}

fn marker_radius(points: usize) -> f32 {
    (260.0 / (points as f32).sqrt()).clamp(3.6, 6.5)
}

/// The points in an order that mixes the groups, so that none lies on top throughout: by a
/// multiplicative hash.
fn mixed_order(points: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..points).collect();
    order.sort_by_key(|index| (*index as u32).wrapping_mul(2_654_435_761));
    order
}

/// The point of the group nearest to the medians of its coordinates, and the half of the group
/// nearest to that.
fn core_of(group: usize, labels: &[usize], places: &[Point]) -> (Point, Vec<Point>) {
    let mut members: Vec<Point> = labels
        .iter()
        .zip(places)
        .filter(|(label, _)| **label == group)
        .map(|(_, place)| *place)
        .collect();
    let median = |coordinate: &dyn Fn(&Point) -> f32| {
        let mut values: Vec<f32> = members.iter().map(coordinate).collect();
        values.sort_by(f32::total_cmp);
        values[values.len() / 2]
    };
    let middle = (median(&|point| point.0), median(&|point| point.1));
    members.sort_by(|a, b| distance(*a, middle).total_cmp(&distance(*b, middle)));
    members.truncate(members.len().div_ceil(2));
    (members[0], members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_fill_the_area_without_being_stretched() {
        let area = Rect::new(10.0, 20.0, 100.0, 50.0);
        let places = fit(&[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], area);
        assert_eq!(
            places,
            [(35.0, 70.0), (85.0, 70.0), (35.0, 20.0), (85.0, 20.0)]
        );
        assert_eq!(
            fit(&[[3.0, 3.0], [3.0, 3.0]], area),
            [(60.0, 45.0), (60.0, 45.0)]
        );
    }

    #[test]
    fn the_order_of_drawing_is_a_permutation() {
        let mut order = mixed_order(1000);
        assert_ne!(order, (0..1000).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn the_core_of_a_group_is_its_middle_half() {
        let places = [(9.0, 9.0), (0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (50.0, 50.0)];
        let (middle, core) = core_of(0, &[0, 0, 0, 0, 1], &places);
        assert_eq!(middle, (2.0, 2.0));
        assert_eq!(core, [(2.0, 2.0), (1.0, 1.0)]);
    }
}
