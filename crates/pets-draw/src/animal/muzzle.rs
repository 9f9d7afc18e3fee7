//! The muzzle: nose, mouth, whiskers.

use super::coat;
use super::pose::Pose;
use crate::breed::{Species, Traits};
use crate::dice::Dice;
use crate::paint::{Colour, Ink, Layer, Outline, Xy};

const LINE: Colour = Colour::hex(0x0030_2024);
const TONGUE: Colour = Colour::hex(0x00e4_8a92);

/// Paints muzzle, nose and mouth in the head's view.
pub(super) fn draw(layer: &mut Layer, breed: &Traits, pose: &Pose) {
    let snout = Snout::new(breed, pose);
    match breed.species {
        Species::Cat => cat(layer, breed, &snout),
        Species::Dog => dog(layer, breed, &snout),
    }
    mouth(layer, &snout);
    if pose.panting {
        tongue(layer, &snout);
    }
    nose(layer, breed, &snout);
}

/// Draws whiskers; they are too thin to be part of the animal's silhouette.
pub(super) fn whiskers(layer: &mut Layer, breed: &Traits, pose: &Pose, dice: &mut Dice) {
    let snout = Snout::new(breed, pose);
    let (reach, count, opacity) = match breed.species {
        Species::Cat => (0.95, 4, 0.75),
        Species::Dog => (0.35, 3, 0.4),
    };
    for side in [-1.0, 1.0] {
        for i in 0..count {
            let row = i as f32 - 0.5 * (count - 1) as f32;
            let root = snout.at(side * 0.62, 0.5 + 0.16 * row);
            let out = side * reach * dice.between((0.8, 1.15));
            let droop = 0.13 * row + dice.around(0.05);
            let middle = (root.0 + out * 0.5, root.1 + droop * 0.4 - 0.06);
            let tip = (root.0 + out, root.1 + droop + 0.06);
            layer.stroke(
                &Outline::curve(&[root, middle, tip]),
                0.018,
                Ink::glaze(Colour::WHITE, opacity),
            );
        }
    }
}

/// The end of the muzzle: coordinates with 1 = half its width, x to the right, y down from the nose.
struct Snout<'a> {
    pose: &'a Pose,
    width: f32,
    depth: f32,
    top: f32,
    species: Species,
}

impl<'a> Snout<'a> {
    fn new(breed: &Traits, pose: &'a Pose) -> Self {
        let p = &breed.proportions;
        let (top, depth) = match breed.species {
            Species::Cat => (0.27, 0.9 + 0.4 * p.muzzle_length),
            Species::Dog => (0.2 + 0.22 * p.muzzle_length, 0.92 + p.muzzle_length),
        };
        Self {
            pose,
            width: p.muzzle_width,
            depth,
            top,
            species: breed.species,
        }
    }

    fn at(&self, x: f32, y: f32) -> Xy {
        let z = self.depth - 0.22 * x * x * self.width - 0.1 * y * self.width;
        self.pose
            .project(x * self.width, self.top + y * self.width, z)
    }

    fn all(&self, points: &[Xy]) -> Vec<Xy> {
        points.iter().map(|&(x, y)| self.at(x, y)).collect()
    }
}

fn cat(layer: &mut Layer, breed: &Traits, snout: &Snout<'_>) {
    let colour = coat::muzzle(breed);
    let w = snout.width;
    let chin = (snout.at(0.0, 1.25), w * 0.62, w * 0.5);
    layer.fill(
        &Outline::ellipse(chin.0, chin.1, chin.2),
        Ink::radial(
            (chin.0.0, chin.0.1 - w * 0.2),
            w,
            colour.lighter(0.03),
            colour.lighter(-0.16),
        ),
    );
    let pads = [-1.0, 1.0].map(|s| (snout.at(s * 0.55, 0.62), w * 0.72, w * 0.56));
    let shape = Outline::ellipses(&pads);
    layer.tint_stroke(&shape, 0.07, Ink::glaze(Colour::SHADOW, 0.1));
    let middle = snout.at(0.0, 0.4);
    layer.fill(
        &shape,
        Ink::radial(middle, w * 1.5, colour.lighter(0.12), colour.lighter(-0.1)),
    );
    for side in [-1.0, 1.0] {
        for (x, y) in [(0.45, 0.5), (0.7, 0.62), (0.5, 0.78)] {
            let dot = Outline::disc(snout.at(side * x, y), 0.022);
            layer.fill(&dot, Ink::glaze(LINE, 0.4));
        }
    }
}

/// A tapering muzzle from the face to the nose, as a union of ellipses, then the lips.
fn dog(layer: &mut Layer, breed: &Traits, snout: &Snout<'_>) {
    let colour = coat::muzzle(breed);
    let w = snout.width;
    let pose = snout.pose;
    let parts: Vec<(Xy, f32, f32)> = (0..8)
        .map(|i| {
            let t = i as f32 / 7.0;
            let y = 0.02 + (snout.top + 0.4 * w - 0.02) * t;
            let place = pose.project(0.0, y, 0.8 + (snout.depth - 0.85) * t);
            (place, w * (0.5 + 0.48 * t), w * (0.6 + 0.3 * t))
        })
        .collect();
    let bridge = Outline::ellipses(&parts);
    let lips = [-1.0, 1.0].map(|s| (snout.at(s * 0.48, 0.8), w * 0.6, w * 0.66));
    let lips = Outline::ellipses(&lips);
    let chin = Outline::ellipse(snout.at(0.0, 1.3), w * 0.5, w * 0.42);
    layer.tint_stroke(&bridge, 0.2, Ink::glaze(Colour::SHADOW, 0.07));
    layer.tint_stroke(&bridge, 0.09, Ink::glaze(Colour::SHADOW, 0.1));
    layer.fill(&chin, Ink::flat(colour.lighter(-0.25)));
    let tip = snout.at(0.0, 0.1);
    let root = parts[0].0;
    layer.fill(
        &bridge,
        Ink::radial(tip, w * 2.1, colour.lighter(0.1), colour.lighter(-0.13)),
    );
    // Towards the brow the muzzle takes the colour of the face.
    let brow = (root.0, root.1 - 0.3 * w);
    let face = Ink::glow(brow, 1.3 * w, coat::bridge(breed), 0.9);
    layer.tint(&bridge, face);
    layer.fill(
        &lips,
        Ink::radial(tip, w * 1.9, colour.lighter(0.12), colour.lighter(-0.14)),
    );
}

fn nose(layer: &mut Layer, breed: &Traits, snout: &Snout<'_>) {
    let (points, shine): (&[Xy], f32) = match breed.species {
        Species::Cat => (
            &[
                (-0.4, -0.12),
                (0.0, -0.2),
                (0.4, -0.12),
                (0.22, 0.14),
                (0.0, 0.26),
                (-0.22, 0.14),
            ],
            0.3,
        ),
        Species::Dog => (
            &[
                (-0.46, -0.18),
                (-0.24, -0.36),
                (0.24, -0.36),
                (0.46, -0.18),
                (0.4, 0.12),
                (0.14, 0.3),
                (-0.14, 0.3),
                (-0.4, 0.12),
            ],
            0.45,
        ),
    };
    let outline = Outline::smooth(&snout.all(points));
    let (top, bottom) = (snout.at(0.0, -0.36), snout.at(0.0, 0.3));
    layer.fill(
        &outline,
        Ink::linear(
            (top, breed.nose.lighter(0.12)),
            (bottom, breed.nose.lighter(-0.4)),
        ),
    );
    for side in [-1.0, 1.0] {
        let nostril = Outline::ellipse(
            snout.at(side * 0.2, 0.04),
            snout.width * 0.1,
            snout.width * 0.07,
        );
        layer.fill(&nostril, Ink::glaze(LINE.lighter(-0.5), 0.75));
    }
    let glint = Outline::ellipse(
        snout.at(-0.08, -0.2),
        snout.width * 0.17,
        snout.width * 0.06,
    );
    layer.fill(&glint, Ink::glaze(Colour::WHITE, shine));
}

fn mouth(layer: &mut Layer, snout: &Snout<'_>) {
    let corner = match snout.species {
        Species::Cat => (0.62, 1.0),
        Species::Dog => (0.86, 1.12),
    };
    let ink = || Ink::glaze(LINE, 0.75);
    let low = corner.1 + 0.08;
    let line = snout.all(&[(0.0, 0.2), (0.0, low - 0.15)]);
    layer.stroke(&Outline::curve(&line), 0.035, ink());
    for side in [-1.0, 1.0] {
        let lip = snout.all(&[
            (0.0, low - 0.15),
            (side * 0.24, low + 0.06),
            (side * corner.0, corner.1 - 0.12),
        ]);
        layer.stroke(&Outline::curve(&lip), 0.04, ink());
    }
}

fn tongue(layer: &mut Layer, snout: &Snout<'_>) {
    let shape = snout.all(&[
        (-0.34, 1.12),
        (0.0, 1.08),
        (0.34, 1.12),
        (0.36, 1.6),
        (0.2, 1.95),
        (0.0, 2.02),
        (-0.2, 1.95),
        (-0.36, 1.6),
    ]);
    let (top, bottom) = (snout.at(0.0, 1.1), snout.at(0.0, 2.0));
    let outline = Outline::smooth(&shape);
    layer.fill(
        &outline,
        Ink::linear((top, TONGUE.lighter(-0.4)), (bottom, TONGUE)),
    );
    let fold = snout.all(&[(0.0, 1.2), (0.0, 1.7)]);
    layer.stroke(&Outline::curve(&fold), 0.03, Ink::glaze(LINE, 0.3));
}
