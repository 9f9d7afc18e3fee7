//! Eyes, lids and pupils.

use super::pose::Pose;
use crate::breed::{Species, Traits};
use crate::paint::{Colour, Ink, Layer, Outline, Xy};

const RIM: Colour = Colour::hex(0x0024_1a1c);
const PUPIL: Colour = Colour::hex(0x0010_0c12);
const SCLERA: Colour = Colour::hex(0x00ea_e2d8);

/// Paints both eyes in the head's view; `lid` is the coat around them.
pub(super) fn draw(layer: &mut Layer, breed: &Traits, pose: &Pose, lid: Colour) {
    for side in [-1.0, 1.0] {
        let eye = Eye::new(breed, pose, side);
        if pose.eyes_open < 0.2 {
            closed(layer, &eye);
        } else {
            open(layer, breed, pose, &eye, lid);
        }
    }
}

/// Where the eyes are in the front view of the head, y downwards.
pub(super) fn height(species: Species) -> f32 {
    match species {
        Species::Cat => -0.06,
        Species::Dog => -0.16,
    }
}

/// Maps an eye's own coordinates (x outwards, y down, 1 = half its width) to the head's view.
struct Eye<'a> {
    pose: &'a Pose,
    side: f32,
    middle: Xy,
    size: f32,
    slant: (f32, f32),
    tall: f32,
}

impl<'a> Eye<'a> {
    fn new(breed: &Traits, pose: &'a Pose, side: f32) -> Self {
        let p = &breed.proportions;
        Self {
            pose,
            side,
            middle: (p.eye_spacing, height(breed.species)),
            size: p.eye_size,
            slant: (-p.eye_slant).sin_cos(),
            tall: match breed.species {
                Species::Cat => 0.86,
                Species::Dog => 0.92,
            },
        }
    }

    fn at(&self, x: f32, y: f32) -> Xy {
        let (x, y) = (x * self.size, y * self.size);
        let (sin, cos) = self.slant;
        let across = self.middle.0 + x * cos - y * sin;
        let down = self.middle.1 + x * sin + y * cos;
        // The eye lies on a plane that falls back towards the temple.
        let z = 0.83 - 0.45 * (across - self.middle.0);
        self.pose.project(self.side * across, down, z)
    }

    /// The almond of the eye, `grow` times as large.
    fn almond(&self, grow: f32) -> Vec<Xy> {
        const SHAPE: [Xy; 8] = [
            (1.04, -0.08),
            (0.72, -0.66),
            (0.0, -0.95),
            (-0.7, -0.62),
            (-1.06, 0.14),
            (-0.66, 0.72),
            (0.05, 0.95),
            (0.75, 0.62),
        ];
        SHAPE
            .iter()
            .map(|&(x, y)| self.at(x * grow, y * grow * self.tall))
            .collect()
    }
}

fn open(layer: &mut Layer, breed: &Traits, pose: &Pose, eye: &Eye<'_>, lid: Colour) {
    layer.fill(&Outline::smooth(&eye.almond(1.2)), Ink::flat(RIM));
    let almond = Outline::smooth(&eye.almond(1.0));
    let gaze = (pose.gaze.0 * eye.side * 0.5, pose.gaze.1 * 0.5);
    let centre = eye.at(gaze.0, gaze.1);
    let size = eye.size;
    let iris = [
        (0.0, breed.eyes.lighter(0.12), 1.0),
        (0.62, breed.eyes, 1.0),
        (0.92, breed.eyes.lighter(-0.55), 1.0),
    ];
    match breed.species {
        Species::Cat => layer.fill(&almond, Ink::rings(centre, size * 1.15, &iris)),
        Species::Dog => {
            layer.fill(&almond, Ink::flat(SCLERA.mix(RIM, 0.25)));
            let disc = Outline::ellipse(centre, size * 0.82, size * 0.86);
            layer.fill(&disc, Ink::rings(centre, size * 0.86, &iris));
        }
    }
    layer.fill(&pupil(breed.species, pose, centre, size), Ink::flat(PUPIL));
    upper_lid(layer, pose, eye, lid);
    let glint = eye.at(gaze.0 - 0.28 * eye.side, gaze.1 - 0.36);
    layer.fill(
        &Outline::disc(glint, size * 0.2),
        Ink::glaze(Colour::WHITE, 0.92),
    );
    let low = eye.at(gaze.0 + 0.3 * eye.side, gaze.1 + 0.4);
    layer.fill(
        &Outline::disc(low, size * 0.1),
        Ink::glaze(Colour::WHITE, 0.5),
    );
}

fn pupil(species: Species, pose: &Pose, centre: Xy, size: f32) -> Outline {
    match species {
        Species::Cat => {
            let width = 0.13 + 0.42 * pose.pupils;
            Outline::ellipse(centre, size * width, size * 0.74)
        }
        Species::Dog => Outline::disc(centre, size * (0.36 + 0.16 * pose.pupils)),
    }
}

/// The shade under the brow and, for eyes not wide open, the lid that covers their upper part.
fn upper_lid(layer: &mut Layer, pose: &Pose, eye: &Eye<'_>, lid: Colour) {
    let edge = -1.0 + 1.5 * (1.0 - pose.eyes_open);
    // The lid's edge is an arch, which looks sleepy; a straight one would look angry.
    let arch = |low: f32| {
        [
            (1.12, 0.12 + 0.3 * low),
            (0.6, low + 0.06),
            (0.0, low - 0.04),
            (-0.6, low + 0.06),
            (-1.12, 0.22 + 0.3 * low),
        ]
        .map(|(x, y)| eye.at(x, y))
    };
    let band = |low: f32| {
        let above = [(-0.75, -0.9), (0.0, -1.16), (0.75, -0.94)].map(|(x, y)| eye.at(x, y));
        let points: Vec<Xy> = above.into_iter().chain(arch(low)).collect();
        Outline::smooth(&points)
    };
    layer.tint(&band(edge + 0.45), Ink::glaze(RIM, 0.3));
    if pose.eyes_open < 0.95 {
        layer.fill(&band(edge), Ink::flat(lid.lighter(-0.08)));
        layer.stroke(&Outline::curve(&arch(edge)), eye.size * 0.2, Ink::flat(RIM));
    }
}

fn closed(layer: &mut Layer, eye: &Eye<'_>) {
    let line = [
        eye.at(-1.05, 0.0),
        eye.at(-0.5, 0.4),
        eye.at(0.45, 0.4),
        eye.at(1.1, -0.1),
    ];
    layer.stroke(&Outline::curve(&line), eye.size * 0.26, Ink::flat(RIM));
}
