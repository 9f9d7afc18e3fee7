//! The stances, and where the parts of a body are in each.

use crate::paint::Xy;

/// What the body does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stance {
    Sitting,
    Lying,
}

impl Stance {
    /// The head's usual place in shares of the picture, for a head from small (0) to large (1).
    pub(super) fn usual_place(self, share: f32, side: f32) -> Xy {
        match self {
            Self::Sitting => (0.5, 0.3 + 0.16 * share),
            Self::Lying => (0.5 - side * (0.16 - 0.12 * share), 0.46),
        }
    }

    /// Where the ground is, in body coordinates.
    pub(crate) fn ground(self) -> f32 {
        match self {
            Self::Sitting => 3.85,
            Self::Lying => 2.25,
        }
    }

    /// The middle and half the width of the place the body takes on the ground.
    pub(crate) fn footprint(self, side: f32) -> (f32, f32) {
        match self {
            Self::Sitting => (0.0, 1.7),
            Self::Lying => (side * 1.2, 2.6),
        }
    }
}

/// A body's parts in body coordinates (unit: head radius, origin: the head's middle).
pub(super) struct Posture {
    /// The outline of the trunk, neck first.
    pub(super) trunk: Vec<Xy>,
    /// Ellipses (middle, radii) that fill the trunk, for spots, patches and fur.
    pub(super) mass: (Xy, Xy),
    /// The chest's bib: middle and radii.
    pub(super) chest: (Xy, Xy),
    /// Thighs: middle and radii.
    pub(super) thighs: Vec<(Xy, Xy)>,
    /// Legs in front: spine with widths, from shoulder to paw.
    pub(super) legs: Vec<Vec<(Xy, f32)>>,
    /// Paws: middle and radii.
    pub(super) paws: Vec<(Xy, Xy)>,
    /// The tail's spine.
    pub(super) tail: Vec<Xy>,
    /// Stripes across the flank: where each starts at the back and ends.
    pub(super) stripes: Vec<(Xy, Xy)>,
}

/// The parts of a body of the given build (width relative to the usual).
pub(super) fn posture(stance: Stance, side: f32, turn: f32, build: f32) -> Posture {
    match stance {
        Stance::Sitting => sitting(side, turn, build),
        Stance::Lying => lying(side, build),
    }
}

fn sitting(side: f32, turn: f32, build: f32) -> Posture {
    let w = build;
    let shift = |y: f32| -turn * 0.28 * (y - 0.6).max(0.0);
    let at = |x: f32, y: f32| (x * w + shift(y), y);
    let half = [
        (0.52, 0.45),
        (0.8, 1.15),
        (0.94, 1.9),
        (1.08, 2.7),
        (1.06, 3.4),
        (0.7, 3.75),
    ];
    let right = half.iter().map(|&(x, y)| at(x, y));
    let left = half.iter().rev().map(|&(x, y)| at(-x, y));
    let leg = |s: f32| {
        vec![
            (at(0.36 * s, 1.7), 0.62 * w),
            (at(0.39 * s, 2.6), 0.52 * w),
            (at(0.38 * s, 3.3), 0.44 * w),
            (at(0.38 * s, 3.66), 0.46 * w),
        ]
    };
    let stripes = (0..6)
        .flat_map(|i| {
            let y = 1.35 + 0.36 * i as f32;
            let edge = 0.84 + 0.07 * i as f32;
            [-1.0, 1.0].map(|s| (at(edge * s, y), at(0.36 * s, y + 0.24)))
        })
        .collect();
    Posture {
        trunk: right.chain(left).collect(),
        mass: (at(0.0, 2.1), (1.0 * w, 1.6)),
        chest: (at(0.0, 1.45), (0.5 * w, 0.85)),
        thighs: [-1.0, 1.0]
            .map(|s| (at(0.9 * s, 3.05), (0.5 * w, 0.72)))
            .to_vec(),
        legs: [leg(-1.0), leg(1.0)].to_vec(),
        paws: vec![
            (at(-1.0, 3.72), (0.36, 0.17)),
            (at(1.0, 3.72), (0.36, 0.17)),
            (at(-0.4, 3.72), (0.31, 0.2)),
            (at(0.4, 3.72), (0.31, 0.2)),
        ],
        tail: vec![
            at(0.8 * side, 3.55),
            at(1.5 * side, 3.6),
            at(2.05 * side, 3.3),
            at(2.1 * side, 2.65),
            at(1.85 * side, 2.25),
        ],
        stripes,
    }
}

fn lying(side: f32, build: f32) -> Posture {
    let back = 0.5 + 0.35 * (1.25 - build);
    let at = |x: f32, y: f32| (x * side, y);
    let trunk = [
        (-0.5, 0.5),
        (0.5, 0.35),
        (1.5, back),
        (2.4, back - 0.02),
        (3.05, 0.95),
        (3.2, 1.6),
        (2.8, 2.1),
        (1.4, 2.2),
        (0.0, 2.15),
        (-0.75, 1.9),
        (-0.8, 1.15),
    ];
    let leg = |x: f32| {
        vec![
            (at(x + 0.25, 1.45), 0.6),
            (at(x, 1.85), 0.5),
            (at(x - 0.35, 2.06), 0.42),
        ]
    };
    let stripes = (0..7)
        .map(|i| {
            let x = 0.75 + 0.34 * i as f32;
            (at(x, back + 0.02), at(x + 0.12, back + 0.85))
        })
        .collect();
    Posture {
        trunk: trunk.iter().map(|&(x, y)| at(x, y)).collect(),
        mass: (at(1.3, 1.35), (1.8, 0.8)),
        chest: (at(-0.25, 1.2), (0.48, 0.62)),
        thighs: vec![(at(2.45, 1.5), (0.68, 0.62))],
        legs: vec![leg(0.5), leg(-0.25)],
        paws: vec![
            (at(1.75, 2.1), (0.42, 0.16)),
            (at(0.02, 2.1), (0.33, 0.18)),
            (at(-0.72, 2.1), (0.33, 0.18)),
        ],
        tail: vec![
            at(2.95, 1.75),
            at(3.5, 2.05),
            at(3.3, 2.3),
            at(2.6, 2.3),
            at(2.2, 2.2),
        ],
        stripes,
    }
}
