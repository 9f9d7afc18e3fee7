//! Ears: upright, hanging, folded; behind the head and before it.

use super::coat;
use super::pose::Pose;
use crate::breed::{EarShape, Species, Traits};
use crate::dice::Dice;
use crate::paint::{Blade, Colour, Ink, Layer, Outline, Xy};

/// The two ears of an individual.
pub(super) struct Ears {
    colours: [Colour; 2],
    /// How far each ear swings from its usual place, in radians.
    swing: [f32; 2],
}

impl Ears {
    pub(super) fn draw(breed: &Traits, dice: &mut Dice) -> Self {
        Self {
            colours: [coat::ear(breed, dice), coat::ear(breed, dice)],
            swing: [dice.mostly(0.3), dice.mostly(0.3)],
        }
    }

    /// Paints the ears behind the head: upright ones, and a hanging one on the side turned away.
    pub(super) fn behind(&self, layer: &mut Layer, breed: &Traits, pose: &Pose, dice: &mut Dice) {
        for (ear, side) in [(0, -1.0), (1, 1.0)] {
            let colour = self.colours[ear];
            let place = Placement::new(breed, pose, side, self.swing[ear]);
            if !hangs(breed.ears) {
                upright(layer, breed, &place, colour, dice);
            } else if is_averted(pose, side) {
                hanging(layer, breed, &place, colour);
            }
        }
    }

    /// Paints what hangs in front of the head.
    pub(super) fn front(&self, layer: &mut Layer, breed: &Traits, pose: &Pose) {
        for (ear, side) in [(0, -1.0), (1, 1.0)] {
            let colour = self.colours[ear];
            let place = Placement::new(breed, pose, side, self.swing[ear]);
            if breed.ears == EarShape::Folded {
                flap(layer, breed, &place, colour);
            } else if hangs(breed.ears) && !is_averted(pose, side) {
                hanging(layer, breed, &place, colour);
            }
        }
    }
}

/// Whether the head is turned so far that its own outline hides the root of an ear.
fn is_averted(pose: &Pose, side: f32) -> bool {
    pose.turn() * side > 0.22
}

fn hangs(ears: EarShape) -> bool {
    matches!(ears, EarShape::Floppy | EarShape::Long)
}

/// Maps an ear's own coordinates (x outwards from the middle of its root, y down) to the head's view.
struct Placement {
    root: Xy,
    side: f32,
    narrow: f32,
    size: f32,
    turn: (f32, f32),
}

impl Placement {
    fn new(breed: &Traits, pose: &Pose, side: f32, swing: f32) -> Self {
        let p = &breed.proportions;
        let cat = breed.species == Species::Cat;
        let set = p.ear_set;
        let (x, y) = if hangs(breed.ears) {
            ((0.66 + 0.08 * set) * p.head_width, -0.66 + 0.2 * set)
        } else {
            ((0.5 + 0.1 * set) * p.head_width, -0.66 + 0.1 * set)
        };
        let lean = if hangs(breed.ears) {
            0.0
        } else {
            0.22 + 0.3 * set
        };
        Self {
            root: pose.on_rim(x * side, y, if cat { 0.0 } else { -0.1 }),
            side,
            narrow: pose.foreshortening(side),
            size: p.ear_size,
            turn: (lean + swing * if hangs(breed.ears) { 0.5 } else { 1.0 }).sin_cos(),
        }
    }

    fn at(&self, x: f32, y: f32) -> Xy {
        let (x, y) = (x * self.size * self.narrow, y * self.size);
        let (sin, cos) = self.turn;
        (
            self.root.0 + self.side * (x * cos - y * sin),
            self.root.1 + x * sin + y * cos,
        )
    }

    fn all(&self, points: &[Xy]) -> Vec<Xy> {
        points.iter().map(|&(x, y)| self.at(x, y)).collect()
    }
}

/// Shapes of upright ears: outline, and inner ear as the same outline drawn smaller.
fn upright_shape(ears: EarShape) -> &'static [Xy] {
    match ears {
        EarShape::Tall => &[
            (-0.36, 0.25),
            (-0.36, -0.35),
            (-0.18, -0.95),
            (0.0, -1.2),
            (0.03, -1.2),
            (0.26, -0.75),
            (0.42, -0.15),
            (0.4, 0.35),
        ],
        EarShape::Rounded => &[
            (-0.38, 0.25),
            (-0.42, -0.25),
            (-0.26, -0.6),
            (0.04, -0.72),
            (0.34, -0.52),
            (0.47, -0.12),
            (0.4, 0.35),
        ],
        EarShape::Folded => &[
            (-0.34, 0.25),
            (-0.3, -0.2),
            (-0.16, -0.42),
            (0.2, -0.44),
            (0.38, -0.1),
            (0.4, 0.35),
        ],
        EarShape::Pointed | EarShape::Floppy | EarShape::Long => &[
            (-0.4, 0.25),
            (-0.36, -0.25),
            (-0.16, -0.7),
            (-0.01, -0.9),
            (0.03, -0.9),
            (0.24, -0.55),
            (0.42, -0.1),
            (0.44, 0.35),
        ],
    }
}

fn upright(layer: &mut Layer, breed: &Traits, place: &Placement, colour: Colour, dice: &mut Dice) {
    let shape = upright_shape(breed.ears);
    let outline = Outline::smooth(&place.all(shape));
    let tip = place.at(0.0, -0.9);
    let base = place.at(0.0, 0.1);
    layer.fill(
        &outline,
        Ink::linear((tip, colour.lighter(-0.14)), (base, colour.lighter(0.04))),
    );
    let inner: Vec<Xy> = shape
        .iter()
        .map(|&(x, y)| (x * 0.66 + 0.01, y * 0.76))
        .collect();
    let inner = Outline::smooth(&place.all(&inner));
    let flesh = INNER_EAR.mix(colour, 0.35);
    layer.fill(
        &inner,
        Ink::linear((tip, flesh), (base, flesh.lighter(-0.35))),
    );
    let hairs: Vec<Blade> = (0..9)
        .map(|_| {
            let x = dice.around(0.3);
            let reach = breed.fur.reach() * 0.9 + 0.12;
            Blade {
                root: place.at(x, 0.12),
                tip: place.at(x * 0.8 - 0.05, -reach - dice.between((0.0, 0.22))),
                width: 0.07,
            }
        })
        .collect();
    layer.fill(&Outline::blades(&hairs), Ink::glaze(breed.coat.light, 0.5));
    layer.stroke(&outline, 0.035, Ink::glaze(Colour::SHADOW, 0.35));
}

const INNER_EAR: Colour = Colour::hex(0x00e0_a29a);

/// The tip of a folded ear, over the head.
fn flap(layer: &mut Layer, breed: &Traits, place: &Placement, colour: Colour) {
    let (low, shade) = match breed.species {
        Species::Cat => (0.06, -0.12),
        Species::Dog => (0.26, -0.16),
    };
    let shape = [
        (-0.26, -0.32),
        (-0.02, -0.5),
        (0.3, -0.36),
        (0.38, -0.1),
        (0.2, low),
        (0.08, low + 0.06),
        (-0.16, -0.08),
    ];
    soft_flap(
        layer,
        &place.all(&shape),
        colour.lighter(shade),
        place.at(0.1, low),
    );
}

/// An ear that hangs down.
fn hanging(layer: &mut Layer, breed: &Traits, place: &Placement, colour: Colour) {
    let l = if breed.ears == EarShape::Long {
        1.4
    } else {
        0.85
    };
    let wide = 0.8 + breed.fur.reach();
    let shape = [
        (-0.2, -0.04),
        (0.0, -0.24),
        (0.28 * wide, -0.12),
        (0.42 * wide, l * 0.3),
        (0.44 * wide, l * 0.7),
        (0.2 * wide, l),
        (-0.06, l * 0.88),
        (-0.12, l * 0.5),
        (-0.08, l * 0.2),
    ];
    soft_flap(layer, &place.all(&shape), colour, place.at(0.2, l));
}

/// Paints a flap of ear with a shadow beneath and a darker end at `tip`.
fn soft_flap(layer: &mut Layer, points: &[Xy], colour: Colour, tip: Xy) {
    let shadow: Vec<Xy> = points.iter().map(|&(x, y)| (x, y + 0.05)).collect();
    let shadow = Outline::smooth(&shadow);
    layer.tint_stroke(&shadow, 0.16, Ink::glaze(Colour::SHADOW, 0.14));
    layer.tint_stroke(&shadow, 0.07, Ink::glaze(Colour::SHADOW, 0.16));
    let outline = Outline::smooth(points);
    let root = points[1];
    layer.fill(
        &outline,
        Ink::linear((root, colour.lighter(0.06)), (tip, colour.lighter(-0.2))),
    );
    layer.stroke(&outline, 0.035, Ink::glaze(Colour::SHADOW, 0.35));
}
