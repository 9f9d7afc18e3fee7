//! The head with all that is on it.

use super::coat;
use super::ears::Ears;
use super::eyes;
use super::fur;
use super::muzzle;
use super::pose::Pose;
use crate::breed::{FurLength, Pattern, Species, Traits};
use crate::dice::Dice;
use crate::light::Light;
use crate::paint::{Ink, Layer, Outline, Xy};

/// Draws the head with its ears on top of what the layer holds.
pub(super) fn draw(layer: &mut Layer, breed: &Traits, pose: &Pose, light: &Light, dice: &mut Dice) {
    let ears = Ears::draw(breed, dice);
    layer.set_view(pose.head_view());
    ears.behind(layer, breed, pose, dice);
    let mut head = Layer::with_view(layer.size(), pose.head_view());
    skull(&mut head, breed, pose, dice);
    coat::head(&mut head, breed, pose, dice);
    hairs(&mut head, breed, pose, dice);
    light.model(&mut head, pose.head, pose.radius);
    eyes::draw(&mut head, breed, pose, lid(breed));
    muzzle::draw(&mut head, breed, pose);
    ears.front(&mut head, breed, pose);
    layer.put(&head);
}

/// The right half of the outline from crown to chin: x in head widths, y, z.
fn half_outline(breed: &Traits) -> [(f32, f32, f32); 6] {
    let full = breed.proportions.cheeks;
    match breed.species {
        Species::Cat => [
            (0.4, -0.84, -0.1),
            (0.8, -0.5, -0.1),
            (0.97, 0.0, 0.0),
            (0.84 + 0.12 * full, 0.42, 0.1),
            (0.5 + 0.16 * full, 0.78, 0.25),
            (0.16 + 0.1 * full, 0.95, 0.4),
        ],
        Species::Dog => [
            (0.42, -0.92, -0.1),
            (0.82, -0.62, -0.1),
            (0.94, -0.12, 0.0),
            (0.76 + 0.16 * full, 0.36, 0.15),
            (0.5 + 0.2 * full, 0.72, 0.3),
            (0.22 + 0.1 * full, 0.92, 0.45),
        ],
    }
}

fn skull(layer: &mut Layer, breed: &Traits, pose: &Pose, dice: &mut Dice) {
    let half = half_outline(breed);
    let width = breed.proportions.head_width;
    let rim = |side: f32, (x, y, z): (f32, f32, f32)| pose.on_rim(side * x * width, y, z);
    let right = half.iter().map(|&point| rim(1.0, point));
    let left = half.iter().rev().map(|&point| rim(-1.0, point));
    let outline: Vec<Xy> = right.chain(left).collect();
    let ground = breed.coat.ground;
    let ink = Ink::radial(
        (0.0, -0.25),
        1.35,
        ground.lighter(0.08),
        ground.lighter(-0.1),
    );
    let reach = breed.fur.reach();
    // Tufts grow towards cheeks and ruff; the crown stays smooth.
    let tufts = fur::fringe(dice, &outline, (0.0, 0.0), |(_, y)| {
        reach * (0.35 + (y + 0.4).clamp(0.0, 1.0) * 0.9)
    });
    layer.fill(&tufts, ink.clone());
    layer.fill(&Outline::smooth(&outline), ink);
}

fn hairs(layer: &mut Layer, breed: &Traits, pose: &Pose, dice: &mut Dice) {
    let (length, count) = match breed.fur {
        FurLength::Short => (0.1, 110),
        FurLength::Medium => (0.18, 120),
        FurLength::Long => (0.28, 130),
    };
    let nose = pose.on_face(0.0, 0.25);
    let flow = |(x, y): Xy| (x - nose.0, y - nose.1);
    fur::texture(
        layer,
        dice,
        ((0.0, 0.0), (1.1, 1.05)),
        flow,
        (length, count),
    );
}

/// The coat's colour around the eyes.
fn lid(breed: &Traits) -> crate::paint::Colour {
    let coat = &breed.coat;
    match breed.pattern {
        Pattern::Points => coat.mark,
        Pattern::Tabby => coat.ground.mix(coat.light, 0.4),
        _ => coat.ground,
    }
}
