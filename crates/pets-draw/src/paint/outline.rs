//! Shapes ready to be painted.

use tiny_skia::{Path, PathBuilder, Rect};

use crate::dice::Dice;

/// A place in the coordinates of a layer's view; y grows downwards.
pub(crate) type Xy = (f32, f32);

/// A thin triangle: a hair, a blade of grass, a stripe's end.
#[derive(Clone, Copy)]
pub(crate) struct Blade {
    pub(crate) root: Xy,
    pub(crate) tip: Xy,
    /// Width at the root.
    pub(crate) width: f32,
}

/// A shape ready to be painted. An outline without extent paints nothing.
pub(crate) struct Outline(Option<Path>);

impl Outline {
    /// A closed curve through the points (Catmull-Rom).
    pub(crate) fn smooth(points: &[Xy]) -> Self {
        let mut path = PathBuilder::new();
        push_smooth(&mut path, points);
        Self(path.finish())
    }

    /// An open curve through the points, to be drawn along.
    pub(crate) fn curve(points: &[Xy]) -> Self {
        let mut path = PathBuilder::new();
        if let Some(&(x, y)) = points.first() {
            path.move_to(x, y);
        }
        for i in 1..points.len() {
            let before = points[i.saturating_sub(2)];
            let after = points[(i + 1).min(points.len() - 1)];
            push_segment(&mut path, [before, points[i - 1], points[i], after]);
        }
        Self(path.finish())
    }

    pub(crate) fn polygon(points: &[Xy]) -> Self {
        let mut path = PathBuilder::new();
        push_polygon(&mut path, points);
        Self(path.finish())
    }

    pub(crate) fn polygons(shapes: &[Vec<Xy>]) -> Self {
        let mut path = PathBuilder::new();
        for shape in shapes {
            push_polygon(&mut path, shape);
        }
        Self(path.finish())
    }

    /// A rectangle from its left upper corner.
    pub(crate) fn rect((x, y): Xy, width: f32, height: f32) -> Self {
        Self::polygon(&[
            (x, y),
            (x + width, y),
            (x + width, y + height),
            (x, y + height),
        ])
    }

    /// A rectangle with round corners from its left upper corner.
    pub(crate) fn cushion((x, y): Xy, width: f32, height: f32, corner: f32) -> Self {
        let c = corner.min(width / 2.0).min(height / 2.0);
        let (right, bottom) = (x + width, y + height);
        let mut path = PathBuilder::new();
        path.move_to(x + c, y);
        path.line_to(right - c, y);
        path.quad_to(right, y, right, y + c);
        path.line_to(right, bottom - c);
        path.quad_to(right, bottom, right - c, bottom);
        path.line_to(x + c, bottom);
        path.quad_to(x, bottom, x, bottom - c);
        path.line_to(x, y + c);
        path.quad_to(x, y, x + c, y);
        path.close();
        Self(path.finish())
    }

    pub(crate) fn disc(centre: Xy, radius: f32) -> Self {
        Self::ellipse(centre, radius, radius)
    }

    pub(crate) fn ellipse(centre: Xy, rx: f32, ry: f32) -> Self {
        Self::ellipses(&[(centre, rx, ry)])
    }

    /// The union of ellipses, each (centre, horizontal radius, vertical radius).
    pub(crate) fn ellipses(parts: &[(Xy, f32, f32)]) -> Self {
        let mut path = PathBuilder::new();
        for &((x, y), rx, ry) in parts {
            if let Some(oval) = Rect::from_ltrb(x - rx, y - ry, x + rx, y + ry) {
                path.push_oval(oval);
            }
        }
        Self(path.finish())
    }

    /// An ellipse turned by `angle` radians.
    pub(crate) fn tilted_ellipse(centre: Xy, rx: f32, ry: f32, angle: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        let points: Vec<Xy> = CIRCLE
            .iter()
            .map(|&(x, y)| {
                let (x, y) = (x * rx, y * ry);
                (centre.0 + x * cos - y * sin, centre.1 + x * sin + y * cos)
            })
            .collect();
        Self::smooth(&points)
    }

    /// Many blades as one shape.
    pub(crate) fn blades(blades: &[Blade]) -> Self {
        let mut path = PathBuilder::new();
        for blade in blades {
            let Blade { root, tip, width } = *blade;
            let (dx, dy) = (tip.0 - root.0, tip.1 - root.1);
            let half = 0.5 * width / (dx * dx + dy * dy).sqrt().max(1e-6);
            let (nx, ny) = (-dy * half, dx * half);
            let corners = [(root.0 + nx, root.1 + ny), tip, (root.0 - nx, root.1 - ny)];
            push_polygon(&mut path, &corners);
        }
        Self(path.finish())
    }

    /// A band along a curve with a width at each of its points and round ends.
    pub(crate) fn ribbon(spine: &[(Xy, f32)]) -> Self {
        let places: Vec<Xy> = spine.iter().map(|&(place, _)| place).collect();
        let side = |sign: f32| (0..spine.len()).map(move |i| (i, sign)).collect::<Vec<_>>();
        let offset = |(i, sign): (usize, f32)| {
            let (tx, ty) = tangent(&places, i);
            let half = 0.5 * spine[i].1 * sign;
            (places[i].0 - ty * half, places[i].1 + tx * half)
        };
        let mut points: Vec<Xy> = side(1.0).into_iter().map(offset).collect();
        let last = spine.len() - 1;
        let (tx, ty) = tangent(&places, last);
        let cap = spine[last].1 * 0.45;
        points.push((places[last].0 + tx * cap, places[last].1 + ty * cap));
        points.extend(side(-1.0).into_iter().rev().map(offset));
        Self::smooth(&points)
    }

    /// An uneven round blob; `rough` is the share by which the radius varies.
    pub(crate) fn blob(dice: &mut Dice, centre: Xy, (rx, ry): Xy, rough: f32) -> Self {
        let points: Vec<Xy> = CIRCLE
            .iter()
            .map(|&(x, y)| {
                let reach = 1.0 + dice.around(rough);
                (centre.0 + x * rx * reach, centre.1 + y * ry * reach)
            })
            .collect();
        Self::smooth(&points)
    }

    pub(super) fn path(&self) -> Option<&Path> {
        self.0.as_ref()
    }
}

/// Ten places evenly around the unit circle.
const CIRCLE: [Xy; 10] = [
    (1.0, 0.0),
    (0.809, 0.588),
    (0.309, 0.951),
    (-0.309, 0.951),
    (-0.809, 0.588),
    (-1.0, 0.0),
    (-0.809, -0.588),
    (-0.309, -0.951),
    (0.309, -0.951),
    (0.809, -0.588),
];

/// `per_segment` places on each segment of the closed curve that [`Outline::smooth`] draws.
pub(crate) fn along(points: &[Xy], per_segment: usize) -> Vec<Xy> {
    let mut places = Vec::with_capacity(points.len() * per_segment);
    for i in 0..points.len() {
        let [a, b, c, d] = bezier(neighbours(points, i));
        for step in 0..per_segment {
            let t = step as f32 / per_segment as f32;
            let u = 1.0 - t;
            let weights = [u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t];
            let sum = |pick: fn(Xy) -> f32| {
                [a, b, c, d]
                    .into_iter()
                    .zip(weights)
                    .map(|(point, weight)| pick(point) * weight)
                    .sum()
            };
            places.push((sum(|p| p.0), sum(|p| p.1)));
        }
    }
    places
}

fn neighbours(points: &[Xy], i: usize) -> [Xy; 4] {
    let n = points.len();
    [
        points[(i + n - 1) % n],
        points[i],
        points[(i + 1) % n],
        points[(i + 2) % n],
    ]
}

/// The Bézier form of the Catmull-Rom segment between the middle two of four points.
fn bezier([before, from, to, after]: [Xy; 4]) -> [Xy; 4] {
    let leave = (
        from.0 + (to.0 - before.0) / 6.0,
        from.1 + (to.1 - before.1) / 6.0,
    );
    let arrive = (
        to.0 - (after.0 - from.0) / 6.0,
        to.1 - (after.1 - from.1) / 6.0,
    );
    [from, leave, arrive, to]
}

fn push_segment(path: &mut PathBuilder, points: [Xy; 4]) {
    let [_, (x1, y1), (x2, y2), (x, y)] = bezier(points);
    path.cubic_to(x1, y1, x2, y2, x, y);
}

fn push_smooth(path: &mut PathBuilder, points: &[Xy]) {
    if let Some(&(x, y)) = points.first() {
        path.move_to(x, y);
        for i in 0..points.len() {
            push_segment(path, neighbours(points, i));
        }
        path.close();
    }
}

fn push_polygon(path: &mut PathBuilder, points: &[Xy]) {
    if let Some((&(x, y), rest)) = points.split_first() {
        path.move_to(x, y);
        for &(x, y) in rest {
            path.line_to(x, y);
        }
        path.close();
    }
}

/// The unit direction of the open curve at a point.
fn tangent(points: &[Xy], i: usize) -> Xy {
    let before = points[i.saturating_sub(1)];
    let after = points[(i + 1).min(points.len() - 1)];
    let (dx, dy) = (after.0 - before.0, after.1 - before.1);
    let length = (dx * dx + dy * dy).sqrt().max(1e-6);
    (dx / length, dy / length)
}
