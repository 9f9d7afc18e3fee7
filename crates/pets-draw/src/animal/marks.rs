//! Stripes, spots and patches: the shapes a coat is marked with.

use super::eyes;
use super::pose::Pose;
use super::posture::Posture;
use crate::breed::{Species, Traits};
use crate::dice::Dice;
use crate::paint::{Colour, Ink, Layer, Outline, Xy};

/// A band that tapers at both ends and bends to one side by `bend` of its length.
fn stripe(from: Xy, to: Xy, bend: f32, width: f32) -> Outline {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let at = |t: f32, lift: f32, share: f32| {
        let lift = lift * bend;
        (
            (from.0 + dx * t - dy * lift, from.1 + dy * t + dx * lift),
            width * share,
        )
    };
    Outline::ribbon(&[
        at(0.0, 0.0, 0.45),
        at(0.35, 0.9, 1.0),
        at(0.7, 0.8, 0.8),
        at(1.0, 0.0, 0.1),
    ])
}

pub(super) fn stripes(layer: &mut Layer, breed: &Traits, posture: &Posture, dice: &mut Dice) {
    if breed.species == Species::Dog {
        brindle(layer, breed.coat.mark, posture.mass, 44, dice);
        return;
    }
    for &(from, to) in &posture.stripes {
        let reach = dice.between((0.7, 1.2));
        let end = (
            from.0 + (to.0 - from.0) * reach,
            from.1 + (to.1 - from.1) * reach + dice.around(0.08),
        );
        let outline = stripe(from, end, dice.around(0.2), dice.between((0.1, 0.19)));
        layer.tint(&outline, Ink::glaze(breed.coat.mark, 0.85));
    }
    for leg in &posture.legs {
        for pair in leg.windows(2) {
            let ((x, y), width) = pair[0];
            let down = dice.between((0.2, 0.5)) * (pair[1].0.1 - y);
            let band = [(x - width / 2.0, y + down), (x + width / 2.0, y + down)];
            let outline = stripe(band[0], band[1], 0.12, 0.11);
            layer.tint(&outline, Ink::glaze(breed.coat.mark, 0.7));
        }
    }
}

/// Short wavy stripes in no order.
pub(super) fn brindle(
    layer: &mut Layer,
    mark: Colour,
    ((x, y), (rx, ry)): (Xy, Xy),
    count: usize,
    dice: &mut Dice,
) {
    for _ in 0..count {
        let from = (x + dice.around(rx), y + dice.around(ry));
        let outward = (from.0 - x).signum();
        let length = dice.between((0.25, 0.6));
        let to = (from.0 + outward * length * 0.45, from.1 + length);
        let outline = stripe(from, to, dice.around(0.3), dice.between((0.05, 0.11)));
        layer.tint(&outline, Ink::glaze(mark, 0.65));
    }
}

pub(super) fn spots(
    layer: &mut Layer,
    mark: Colour,
    ((x, y), (rx, ry)): (Xy, Xy),
    sizes: (f32, f32),
    count: usize,
    dice: &mut Dice,
) {
    for _ in 0..count {
        let place = (x + dice.around(rx), y + dice.around(ry));
        let size = dice.between(sizes);
        let spot = Outline::blob(dice, place, (size, size * 0.9), 0.25);
        layer.tint(&spot, Ink::glaze(mark, 0.9));
    }
}

/// Pale rings around the eyes and a pale chin.
pub(super) fn spectacles(layer: &mut Layer, breed: &Traits, pose: &Pose) {
    let light = breed.coat.light;
    let p = &breed.proportions;
    for side in [-1.0, 1.0] {
        let eye = pose.on_face(side * p.eye_spacing, eyes::height(breed.species));
        let ink = Ink::glow(eye, p.eye_size * 1.9, light, 0.7);
        layer.tint(&Outline::disc(eye, p.eye_size * 1.9), ink);
    }
    let chin = pose.on_face(0.0, 0.6);
    layer.tint(
        &Outline::disc(chin, 0.55),
        Ink::glow(chin, 0.55, light, 0.8),
    );
}

/// The M of the forehead and the lines of the cheeks.
pub(super) fn tabby_face(layer: &mut Layer, breed: &Traits, pose: &Pose, dice: &mut Dice) {
    let ink = |opacity| Ink::glaze(breed.coat.mark, opacity);
    let sway = dice.around(0.05);
    for line in [-2.0_f32, -1.0, 0.0, 1.0, 2.0] {
        let from = pose.on_face(0.2 * line + sway, -0.93 + 0.05 * line.abs());
        let to = pose.on_face(0.13 * line, -0.34 - 0.07 * line.abs() + dice.around(0.04));
        layer.tint(&stripe(from, to, 0.04 * line, 0.11), ink(0.85));
    }
    for side in [-1.0, 1.0] {
        for (start, end) in [((1.05, -0.1), (0.62, 0.0)), ((1.05, 0.2), (0.58, 0.24))] {
            let from = pose.on_face(side * start.0, start.1 + dice.around(0.05));
            let to = pose.on_face(side * end.0, end.1 + dice.around(0.04));
            layer.tint(&stripe(from, to, -0.12 * side, 0.11), ink(0.8));
        }
        let from = pose.on_face(side * 0.9, -0.5);
        let to = pose.on_face(side * 0.55, -0.42);
        layer.tint(&stripe(from, to, 0.1 * side, 0.09), ink(0.7));
    }
}

pub(super) fn face_patches(layer: &mut Layer, breed: &Traits, pose: &Pose, dice: &mut Dice) {
    let coat = &breed.coat;
    let first = dice.sign();
    let both = dice.chance(0.65);
    let sides = [(first, coat.mark), (-first, coat.second)];
    for &(side, colour) in if both { &sides[..] } else { &sides[..1] } {
        let place = pose.on_face(
            side * dice.between((0.4, 0.7)),
            dice.between((-0.55, -0.15)),
        );
        let radii = (dice.between((0.35, 0.55)), dice.between((0.45, 0.75)));
        let patch = Outline::blob(dice, place, radii, 0.14);
        layer.tint(&patch, Ink::flat(colour));
    }
}

/// A pale wedge from the forehead that widens over the muzzle.
pub(super) fn blaze(layer: &mut Layer, light: Colour, pose: &Pose, dice: &mut Dice) {
    let top = dice.between((-0.8, -0.35));
    let narrow = dice.between((0.05, 0.13));
    let half = [
        (narrow * 0.5, top),
        (narrow, -0.15),
        (narrow + 0.12, 0.2),
        (0.5, 0.45),
        (0.5, 0.75),
        (0.3, 0.95),
    ];
    let right = half.iter().map(|&(x, y)| pose.on_face(x, y));
    let left = half.iter().rev().map(|&(x, y)| pose.on_face(-x, y));
    let points: Vec<Xy> = right.chain(left).collect();
    layer.tint(&Outline::smooth(&points), Ink::flat(light));
}
