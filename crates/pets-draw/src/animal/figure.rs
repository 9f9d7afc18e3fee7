//! The whole animal, and what tells an individual from its breed.

use super::pose::Pose;
use super::{body, head, muzzle};
use crate::breed::Traits;
use crate::dice::Dice;
use crate::light::Light;
use crate::nuisance::NUISANCE;
use crate::paint::{Colour, Layer};

/// An individual of the breed: lightness and proportions vary a little.
pub(crate) fn individual(breed: &Traits, dice: &mut Dice) -> Traits {
    let vary = NUISANCE.individual;
    let lightness = dice.mostly(vary * 1.5);
    let tone = |colour: Colour| colour.lighter(lightness);
    let mut traits = *breed;
    let coat = &mut traits.coat;
    coat.ground = tone(coat.ground);
    coat.mark = tone(coat.mark);
    coat.second = tone(coat.second);
    let p = &mut traits.proportions;
    for value in [
        &mut p.head_width,
        &mut p.muzzle_length,
        &mut p.muzzle_width,
        &mut p.eye_size,
        &mut p.ear_size,
        &mut p.build,
    ] {
        *value *= 1.0 + dice.mostly(vary);
    }
    traits
}

/// The animal alone on a transparent layer.
pub(crate) fn draw_animal(
    size: u32,
    animal: &Traits,
    pose: &Pose,
    light: &Light,
    dice: &mut Dice,
) -> Layer {
    let mut layer = Layer::new(size);
    body::draw(&mut layer, animal, pose, light, dice);
    head::draw(&mut layer, animal, pose, light, dice);
    layer
}

/// Whiskers, drawn over the finished animal.
pub(crate) fn draw_whiskers(layer: &mut Layer, animal: &Traits, pose: &Pose, dice: &mut Dice) {
    layer.set_view(pose.head_view());
    muzzle::whiskers(layer, animal, pose, dice);
}
