//! Points and boxes in pixels of the finished picture, y pointing down.

/// A position in pixels.
pub(crate) type Point = (f32, f32);

/// An axis-aligned box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Rect {
    pub(crate) fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    pub(crate) fn around(centre: Point, (width, height): (f32, f32)) -> Self {
        Self::new(
            centre.0 - width / 2.0,
            centre.1 - height / 2.0,
            width,
            height,
        )
    }

    pub(crate) fn right(&self) -> f32 {
        self.x + self.width
    }

    pub(crate) fn bottom(&self) -> f32 {
        self.y + self.height
    }

    pub(crate) fn centre(&self) -> Point {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// The box grown by `margin` on every side (shrunk where negative).
    pub(crate) fn grown(&self, margin: f32) -> Self {
        Self::new(
            self.x - margin,
            self.y - margin,
            self.width + 2.0 * margin,
            self.height + 2.0 * margin,
        )
    }

    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }

    pub(crate) fn holds(&self, point: Point) -> bool {
        (self.x..=self.right()).contains(&point.0) && (self.y..=self.bottom()).contains(&point.1)
    }

    pub(crate) fn encloses(&self, other: &Self) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && other.right() <= self.right()
            && other.bottom() <= self.bottom()
    }

    /// The point of the box nearest to `point`.
    pub(crate) fn nearest(&self, point: Point) -> Point {
        (
            point.0.clamp(self.x, self.right()),
            point.1.clamp(self.y, self.bottom()),
        )
    }
}

/// Euclidean distance of two points.
pub(crate) fn distance(a: Point, b: Point) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// Whether the segments `a`–`b` and `c`–`d` cross in their interiors.
pub(crate) fn segments_cross(a: Point, b: Point, c: Point, d: Point) -> bool {
    let side = |p: Point, q: Point, r: Point| (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0);
    side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0
}
