//! What a coat's pattern does to each part of the animal.

use super::marks;
use super::pose::Pose;
use super::posture::Posture;
use crate::breed::{Pattern, Species, Traits};
use crate::dice::Dice;
use crate::paint::{Colour, Ink, Layer, Outline};

/// Colour of the feet where it differs from the ground.
pub(super) fn sock(breed: &Traits) -> Option<Colour> {
    match breed.pattern {
        Pattern::Points | Pattern::Tan => Some(breed.coat.mark),
        Pattern::Blaze => Some(breed.coat.light),
        _ => None,
    }
}

/// Marks the painted body.
pub(super) fn body(layer: &mut Layer, breed: &Traits, posture: &Posture, dice: &mut Dice) {
    let coat = &breed.coat;
    let (chest, (chest_x, chest_y)) = posture.chest;
    let bib = |colour, opacity| Ink::glow(chest, chest_y, colour, opacity);
    let bib_shape = Outline::ellipse(chest, chest_x * 1.3, chest_y);
    match breed.pattern {
        Pattern::Solid => layer.tint(&bib_shape, bib(coat.light, 0.3)),
        Pattern::Tabby => {
            marks::stripes(layer, breed, posture, dice);
            layer.tint(&bib_shape, bib(coat.light, 0.5));
        }
        Pattern::Spots => {
            let count = dice.count((26, 40));
            marks::spots(layer, coat.mark, posture.mass, (0.08, 0.19), count, dice);
        }
        Pattern::Patches => {
            for colour in [coat.mark, coat.mark, coat.second] {
                let (centre, (rx, ry)) = posture.mass;
                let place = (
                    centre.0 + dice.around(rx * 0.9),
                    centre.1 + dice.around(ry * 0.8),
                );
                let radii = (dice.between((0.4, 0.85)), dice.between((0.4, 0.9)));
                let patch = Outline::blob(dice, place, radii, 0.22);
                layer.tint(&patch, Ink::flat(colour));
            }
        }
        Pattern::Points => {
            let (centre, (rx, ry)) = posture.mass;
            let edge = [
                (0.0, coat.mark, 0.0),
                (0.6, coat.mark, 0.05),
                (1.0, coat.mark, 0.4),
            ];
            let whole = Outline::ellipse(centre, rx * 1.6, ry * 1.5);
            layer.tint(&whole, Ink::rings((chest.0, chest.1), ry * 2.0, &edge));
        }
        Pattern::Blaze => {
            let shape = Outline::blob(dice, chest, (chest_x, chest_y), 0.12);
            layer.tint(&shape, Ink::flat(coat.light));
        }
        Pattern::Tan => {
            for side in [-0.75, 0.75] {
                let spot = (chest.0 + side * chest_x, chest.1 + 0.1);
                let ink = Ink::glow(spot, 0.55, coat.mark, 1.0);
                layer.tint(&Outline::disc(spot, 0.55), ink);
            }
        }
    }
}

/// Marks the painted head, in the head's view.
pub(super) fn head(layer: &mut Layer, breed: &Traits, pose: &Pose, dice: &mut Dice) {
    let coat = &breed.coat;
    let face = pose.on_face(0.0, 0.45);
    let mask = |radius: f32, colour, opacity| {
        (
            Outline::disc(face, radius),
            Ink::glow(face, radius, colour, opacity),
        )
    };
    match breed.pattern {
        Pattern::Solid => {
            let (shape, ink) = mask(0.75, coat.light, 0.35);
            layer.tint(&shape, ink);
        }
        Pattern::Tabby => {
            marks::spectacles(layer, breed, pose);
            match breed.species {
                Species::Cat => marks::tabby_face(layer, breed, pose, dice),
                Species::Dog => {
                    marks::brindle(layer, coat.mark, ((0.0, 0.0), (1.0, 0.95)), 26, dice);
                }
            }
        }
        Pattern::Spots => {
            let count = dice.count((9, 16));
            marks::spots(
                layer,
                coat.mark,
                ((0.0, -0.35), (0.95, 0.55)),
                (0.05, 0.13),
                count,
                dice,
            );
        }
        Pattern::Patches => marks::face_patches(layer, breed, pose, dice),
        Pattern::Points => {
            let stops = [
                (0.0, coat.mark, 1.0),
                (0.5, coat.mark, 0.85),
                (0.8, coat.mark, 0.3),
                (1.0, coat.mark, 0.0),
            ];
            let radius = dice.between((0.85, 1.1));
            let middle = pose.on_face(0.0, 0.3);
            layer.tint(
                &Outline::disc(middle, radius),
                Ink::rings(middle, radius, &stops),
            );
        }
        Pattern::Blaze => marks::blaze(layer, coat.light, pose, dice),
        Pattern::Tan => {
            for side in [-1.0, 1.0] {
                let brow = pose.on_face(side * 0.34, -0.44);
                layer.tint(&Outline::ellipse(brow, 0.12, 0.08), Ink::flat(coat.mark));
                let cheek = pose.on_face(side * 0.6, 0.42);
                let ink = Ink::glow(cheek, 0.45, coat.mark, 1.0);
                layer.tint(&Outline::disc(cheek, 0.45), ink);
            }
        }
    }
}

/// Colour of the muzzle.
pub(super) fn muzzle(breed: &Traits) -> Colour {
    let coat = &breed.coat;
    match breed.pattern {
        Pattern::Solid => coat.ground.mix(coat.light, 0.3),
        Pattern::Tabby => coat.ground.mix(coat.light, 0.65),
        Pattern::Spots | Pattern::Patches => coat.ground,
        Pattern::Points | Pattern::Tan => coat.mark,
        Pattern::Blaze => coat.light,
    }
}

/// Colour of the nose's bridge between the eyes.
pub(super) fn bridge(breed: &Traits) -> Colour {
    let coat = &breed.coat;
    match breed.pattern {
        Pattern::Points => coat.ground.mix(coat.mark, 0.8),
        Pattern::Blaze => coat.light,
        _ => coat.ground,
    }
}

/// Colour of an ear, which patches and spots choose anew for each.
pub(super) fn ear(breed: &Traits, dice: &mut Dice) -> Colour {
    let coat = &breed.coat;
    match breed.pattern {
        Pattern::Points => coat.mark,
        Pattern::Patches => *dice.pick(&[coat.mark, coat.mark, coat.second, coat.ground]),
        Pattern::Spots => *dice.pick(&[coat.mark, coat.second, coat.ground.lighter(-0.1)]),
        Pattern::Tabby => coat.ground.mix(coat.mark, 0.35),
        Pattern::Solid | Pattern::Blaze | Pattern::Tan => coat.ground.lighter(-0.1),
    }
}
