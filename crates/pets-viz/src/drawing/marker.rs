//! Marker shapes of scatter plots.

use std::f32::consts::TAU;

use crate::drawing::geometry::Point;

/// The outline of a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    Circle,
    Triangle,
    Square,
    Plus,
    Diamond,
    TriangleDown,
    Saltire,
    Star,
}

impl Marker {
    pub(crate) const ALL: [Self; 8] = [
        Self::Circle,
        Self::Triangle,
        Self::Square,
        Self::Plus,
        Self::Diamond,
        Self::TriangleDown,
        Self::Saltire,
        Self::Star,
    ];

    /// The marker of group `index`.
    pub(crate) fn of_group(index: usize) -> Self {
        Self::ALL[index % Self::ALL.len()]
    }

    /// Corners around `centre`; shapes of the same `radius` look equally large.
    pub(crate) fn corners(self, centre: Point, radius: f32) -> Vec<Point> {
        match self {
            Self::Circle => regular(centre, radius, 24, 0.0),
            Self::Triangle => regular(centre, radius * 1.25, 3, 0.0),
            Self::TriangleDown => regular(centre, radius * 1.25, 3, 0.5),
            Self::Square => regular(centre, radius * 1.25, 4, 0.125),
            Self::Diamond => regular(centre, radius * 1.25, 4, 0.0),
            Self::Star => star(centre, radius * 1.4),
            Self::Plus => cross(centre, radius * 1.2, 0.0),
            Self::Saltire => cross(centre, radius * 1.2, 0.125),
        }
    }
}

/// The point at `turn` (0 is up, clockwise, in full turns).
fn at(centre: Point, radius: f32, turn: f32) -> Point {
    let (sin, cos) = (turn * TAU).sin_cos();
    (centre.0 + radius * sin, centre.1 - radius * cos)
}

fn regular(centre: Point, radius: f32, corners: u8, turn: f32) -> Vec<Point> {
    (0..corners)
        .map(|i| at(centre, radius, turn + f32::from(i) / f32::from(corners)))
        .collect()
}

fn star(centre: Point, radius: f32) -> Vec<Point> {
    (0..10u8)
        .map(|i| {
            at(
                centre,
                if i % 2 == 0 { radius } else { radius * 0.45 },
                f32::from(i) / 10.0,
            )
        })
        .collect()
}

/// A plus sign with arms a third as wide as they span, turned by `turn`.
fn cross(centre: Point, radius: f32, turn: f32) -> Vec<Point> {
    let half = 0.36;
    let arm = [(-half, -1.0), (half, -1.0), (half, -half)];
    (0..4u8)
        .flat_map(|quarter| arm.map(|(x, y)| (f32::from(quarter) / 4.0 + turn, x, y)))
        .map(|(turn, x, y)| {
            let (sin, cos) = (turn * TAU).sin_cos();
            (
                centre.0 + radius * (x * cos - y * sin),
                centre.1 + radius * (x * sin + y * cos),
            )
        })
        .collect()
}
