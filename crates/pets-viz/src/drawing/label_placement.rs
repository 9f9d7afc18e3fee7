//! Places labels next to their anchors so that none overlaps another.

use std::f32::consts::TAU;

use crate::drawing::geometry::{Point, Rect, distance, segments_cross};

/// Directions tried around an anchor.
const DIRECTIONS: u8 = 24;
/// Step between the rings of places tried, in pixels.
const RING: f32 = 6.0;
/// Step of the grid searched where no ring has room, in pixels.
const GRID: f32 = 4.0;
/// Free space around each label, in pixels.
const GAP: f32 = 2.0;

/// Cost, in pixels of distance, of each point hidden, of each other label's anchor hidden, and of
/// each leader line crossed.
const HIDES_POINT: f32 = 5.0;
const HIDES_ANCHOR: f32 = 60.0;
const CROSSES_LEADER: f32 = 60.0;
/// Cost of a pixel of distance to the anchor itself, besides that to the nearest point of the core.
const OFF_CENTRE: f32 = 0.2;

/// A label that wants to stand close to the points it names.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    /// The middle of the points.
    pub(crate) anchor: Point,
    /// The points around the middle, any of which the label may stand at.
    pub(crate) core: Vec<Point>,
    /// Width and height.
    pub(crate) size: (f32, f32),
}

impl Label {
    /// The line from the core to `place`: its ends, the former being the nearest core point.
    pub(crate) fn leader(&self, place: &Rect) -> (Point, Point) {
        let reach = |point: &Point| distance(*point, place.nearest(*point));
        let nearest = self
            .core
            .iter()
            .min_by(|a, b| reach(a).total_cmp(&reach(b)));
        let from = nearest.copied().unwrap_or(self.anchor);
        (from, place.nearest(from))
    }

    /// Distance of the core point farthest from the anchor.
    fn core_radius(&self) -> f32 {
        self.core
            .iter()
            .map(|point| distance(*point, self.anchor))
            .fold(0.0, f32::max)
    }
}

/// A box within `bounds` for each label, `None` for a label that finds no room. No two boxes
/// overlap. Labels are placed in turn where they cost least (close to the anchor, hiding few of
/// `points`), then once more knowing all others.
pub(crate) fn place_labels(labels: &[Label], points: &[Point], bounds: Rect) -> Vec<Option<Rect>> {
    let mut placed: Vec<Option<Rect>> = vec![None; labels.len()];
    for _ in 0..2 {
        for index in 0..labels.len() {
            placed[index] = None;
            placed[index] = Surroundings {
                labels,
                placed: &placed,
                points,
                bounds,
                index,
            }
            .best_place();
        }
    }
    placed
}

/// Everything that matters for the place of one label.
struct Surroundings<'a> {
    labels: &'a [Label],
    placed: &'a [Option<Rect>],
    points: &'a [Point],
    bounds: Rect,
    index: usize,
}

impl Surroundings<'_> {
    fn best_place(&self) -> Option<Rect> {
        let mut best: Option<(f32, Rect)> = None;
        let reach = self.bounds.width.hypot(self.bounds.height);
        let mut gap = 0.0;
        let core_radius = self.label().core_radius();
        while gap < reach && best.is_none_or(|(cost, _)| gap < cost + core_radius) {
            for direction in 0..DIRECTIONS {
                let place = self.beside_anchor(f32::from(direction) / f32::from(DIRECTIONS), gap);
                if self.is_free(&place) {
                    let cost = self.cost(&place);
                    if best.is_none_or(|(lowest, _)| cost < lowest) {
                        best = Some((cost, place));
                    }
                }
            }
            gap += RING;
        }
        best.map(|(_, place)| place).or_else(|| self.nearest_free())
    }

    fn label(&self) -> &Label {
        &self.labels[self.index]
    }

    /// The box `gap` pixels from the anchor in the direction `turn` (in full turns).
    fn beside_anchor(&self, turn: f32, gap: f32) -> Rect {
        let (anchor, size) = (self.label().anchor, self.label().size);
        let (sin, cos) = (turn * TAU).sin_cos();
        let centre = (
            anchor.0 + cos * (size.0 / 2.0 + gap),
            anchor.1 + sin * (size.1 / 2.0 + gap),
        );
        Rect::around(centre, size)
    }

    fn is_free(&self, place: &Rect) -> bool {
        self.bounds.encloses(place)
            && self
                .placed
                .iter()
                .flatten()
                .all(|other| !other.grown(GAP).overlaps(place))
    }

    fn cost(&self, place: &Rect) -> f32 {
        let (from, to) = self.label().leader(place);
        let hidden = self
            .points
            .iter()
            .filter(|point| place.holds(**point))
            .count();
        let (mut anchors, mut crossings) = (0, 0);
        let all = self.labels.iter().zip(self.placed).enumerate();
        for (_, (label, other_place)) in all.filter(|(other, _)| *other != self.index) {
            anchors += usize::from(place.holds(label.anchor));
            if let Some(other_place) = other_place {
                let (other_from, other_to) = label.leader(other_place);
                crossings += usize::from(segments_cross(from, to, other_from, other_to));
            }
        }
        let anchor = self.label().anchor;
        distance(from, to)
            + OFF_CENTRE * distance(anchor, place.nearest(anchor))
            + HIDES_POINT * hidden as f32
            + HIDES_ANCHOR * anchors as f32
            + CROSSES_LEADER * crossings as f32
    }

    fn nearest_free(&self) -> Option<Rect> {
        let (width, height) = self.label().size;
        let steps = |room: f32| {
            (0..)
                .map(|step| step as f32 * GRID)
                .take_while(move |offset| *offset <= room)
        };
        let places = steps(self.bounds.height - height).flat_map(|down| {
            steps(self.bounds.width - width).map(move |across| {
                Rect::new(self.bounds.x + across, self.bounds.y + down, width, height)
            })
        });
        let far = |place: &Rect| distance(self.label().anchor, place.centre());
        places
            .filter(|place| self.is_free(place))
            .min_by(|a, b| far(a).total_cmp(&far(b)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lone(anchor: Point, size: (f32, f32)) -> Label {
        Label {
            anchor,
            core: vec![anchor],
            size,
        }
    }

    fn assert_apart(placed: &[Option<Rect>], bounds: Rect) {
        for (i, place) in placed.iter().enumerate() {
            let Some(place) = place else {
                panic!("label {i} found no room")
            };
            assert!(bounds.encloses(place), "label {i} sticks out: {place:?}");
            for (j, other) in placed.iter().enumerate().take(i) {
                assert!(
                    !other.expect("checked before").overlaps(place),
                    "labels {i} and {j} overlap"
                );
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn labels_of_37_groups_never_overlap(
            anchors in prop::collection::vec((0f32..800.0, 0f32..700.0), 37),
            widths in prop::collection::vec(30f32..140.0, 37),
        ) {
            let bounds = Rect::new(0.0, 0.0, 800.0, 700.0);
            let label = |(anchor, width): (&Point, &f32)| lone(*anchor, (*width, 16.0));
            let labels: Vec<Label> = anchors.iter().zip(&widths).map(label).collect();
            assert_apart(&place_labels(&labels, &anchors, bounds), bounds);
        }

        #[test]
        fn labels_of_one_tight_knot_never_overlap(
            anchors in prop::collection::vec((395f32..405.0, 345f32..355.0), 37),
        ) {
            let bounds = Rect::new(0.0, 0.0, 800.0, 700.0);
            let label = |anchor: &Point| lone(*anchor, (120.0, 16.0));
            let labels: Vec<Label> = anchors.iter().map(label).collect();
            assert_apart(&place_labels(&labels, &anchors, bounds), bounds);
        }
    }

    #[test]
    fn a_lone_label_stands_beside_its_anchor() {
        let label = lone((100.0, 100.0), (40.0, 14.0));
        let placed = place_labels(
            std::slice::from_ref(&label),
            &[],
            Rect::new(0.0, 0.0, 200.0, 200.0),
        );
        let place = placed[0].expect("there is room");
        assert!(distance(place.nearest(label.anchor), label.anchor) < 1.0);
    }

    #[test]
    fn a_label_larger_than_the_plot_is_left_out() {
        let label = lone((10.0, 10.0), (90.0, 14.0));
        assert_eq!(
            place_labels(
                std::slice::from_ref(&label),
                &[],
                Rect::new(0.0, 0.0, 50.0, 50.0)
            ),
            [None]
        );
    }

    #[test]
    fn labels_keep_off_crowds_of_points() {
        let crowd: Vec<Point> = (0..40u8)
            .map(|i| {
                (
                    100.0 + f32::from(i % 8) * 4.0,
                    100.0 + f32::from(i / 8) * 4.0,
                )
            })
            .collect();
        let label = lone((114.0, 108.0), (40.0, 14.0));
        let placed = place_labels(
            std::slice::from_ref(&label),
            &crowd,
            Rect::new(0.0, 0.0, 300.0, 300.0),
        );
        let place = placed[0].expect("there is room");
        assert!(
            crowd.iter().filter(|point| place.holds(**point)).count() <= 4,
            "{place:?}"
        );
    }
}
