//! The body: trunk, legs, tail.

use super::coat;
use super::fur;
use super::pose::Pose;
use super::posture::{Posture, posture};
use crate::breed::{FurLength, Pattern, Species, Traits};
use crate::dice::Dice;
use crate::light::Light;
use crate::paint::{Colour, Ink, Layer, Outline, Xy};

/// Draws everything below the head on the layer.
pub(super) fn draw(layer: &mut Layer, breed: &Traits, pose: &Pose, light: &Light, dice: &mut Dice) {
    layer.set_view(pose.body_view());
    let posture = posture(pose.stance, pose.side, pose.turn(), breed.proportions.build);
    tail(layer, breed, &posture);
    silhouette(layer, breed, &posture, dice);
    coat::body(layer, breed, &posture, dice);
    hairs(layer, breed, &posture, dice);
    contours(layer, &posture);
    extremities(layer, breed, &posture, dice);
    layer.tint(
        &Outline::disc((0.0, 0.55), 1.5),
        Ink::glow((0.0, 0.55), 1.5, Colour::SHADOW, 0.6),
    );
    let middle = layer.to_pixels(posture.mass.0);
    light.model(
        layer,
        middle,
        posture.mass.1.1.max(1.3) * pose.radius * 1.15,
    );
}

fn tail(layer: &mut Layer, breed: &Traits, posture: &Posture) {
    let bushy = breed.fur.reach() * 2.2;
    let thin = match breed.species {
        Species::Cat => 0.3,
        Species::Dog => 0.24,
    };
    let widths = [0.9, 1.0, 1.1, 1.1, 0.6].map(|share| share * thin);
    let swell = [0.2, 0.8, 1.0, 0.9, 0.3].map(|share| share * bushy);
    let spine: Vec<(Xy, f32)> = posture
        .tail
        .iter()
        .enumerate()
        .map(|(i, &place)| (place, widths[i] + swell[i]))
        .collect();
    let outline = Outline::ribbon(&spine);
    let colour = match breed.pattern {
        Pattern::Points => breed.coat.mark,
        Pattern::Patches => breed.coat.second,
        _ => breed.coat.ground.lighter(-0.08),
    };
    layer.fill(&outline, Ink::flat(colour));
    if breed.pattern == Pattern::Tabby && breed.species == Species::Cat {
        for pair in posture.tail.windows(2) {
            let middle = (
                f32::midpoint(pair[0].0, pair[1].0),
                f32::midpoint(pair[0].1, pair[1].1),
            );
            let ring = Outline::disc(middle, 0.11 + bushy * 0.2);
            layer.tint(&ring, Ink::glaze(breed.coat.mark, 0.75));
        }
    }
    layer.tint_stroke(&outline, 0.1, Ink::glaze(Colour::SHADOW, 0.2));
}

/// The whole body in its ground colour: trunk, thighs, legs, paws and the tufts around them.
fn silhouette(layer: &mut Layer, breed: &Traits, posture: &Posture, dice: &mut Dice) {
    let ground = breed.coat.ground;
    let (_, top) = posture.trunk[0];
    let ink = Ink::linear(
        ((0.0, top), ground.lighter(0.05)),
        ((0.0, 3.9), ground.lighter(-0.12)),
    );
    let reach = breed.fur.reach();
    // No tufts where the body rests on the ground.
    let (_, low) = posture.paws[0].0;
    let tufts = fur::fringe(dice, &posture.trunk, posture.mass.0, |(_, y)| {
        reach * 1.2 * ((low - y) * 1.5).clamp(0.0, 1.0)
    });
    layer.fill(&tufts, ink.clone());
    layer.fill(&Outline::smooth(&posture.trunk), ink.clone());
    let ellipses: Vec<(Xy, f32, f32)> = posture
        .thighs
        .iter()
        .chain(&posture.paws)
        .map(|&(middle, (rx, ry))| (middle, rx, ry))
        .collect();
    layer.fill(&Outline::ellipses(&ellipses), ink.clone());
    for leg in &posture.legs {
        layer.fill(&Outline::ribbon(leg), ink.clone());
    }
}

/// The soft lines that part legs and thighs from the trunk; they fade out upwards.
fn contours(layer: &mut Layer, posture: &Posture) {
    let line = |layer: &mut Layer, outline: &Outline, top: Xy, bottom: Xy| {
        for (width, opacity) in [(0.18, 0.16), (0.06, 0.26)] {
            let ink = Ink::linear_fade(
                (top, Colour::SHADOW, 0.0),
                (bottom, Colour::SHADOW, opacity),
            );
            layer.tint_stroke(outline, width, ink);
        }
    };
    for &((x, y), (rx, ry)) in &posture.thighs {
        let thigh = Outline::ellipse((x, y), rx, ry);
        layer.tint(&thigh, Ink::glow((x, y), ry, Colour::WHITE, 0.1));
        line(layer, &thigh, (x, y - ry), (x, y + ry));
    }
    for leg in &posture.legs {
        let (top, bottom) = (leg[0].0, leg[leg.len() - 1].0);
        let middle = (f32::midpoint(top.0, bottom.0), top.1 * 0.7 + bottom.1 * 0.3);
        line(layer, &Outline::ribbon(leg), middle, bottom);
    }
}

/// Paws with toes, in the colour of socks where the coat has them.
fn extremities(layer: &mut Layer, breed: &Traits, posture: &Posture, dice: &mut Dice) {
    let sock = coat::sock(breed);
    for leg in &posture.legs {
        if let (Some(colour), Some(&(foot, width))) = (sock, leg.last()) {
            let reach = width * dice.between((1.0, 2.2));
            layer.tint(
                &Outline::ellipse(foot, width, reach),
                Ink::rings(
                    foot,
                    reach,
                    &[(0.0, colour, 1.0), (0.7, colour, 0.9), (1.0, colour, 0.0)],
                ),
            );
        }
    }
    let colour = sock.unwrap_or(breed.coat.ground).lighter(0.04);
    for &((x, y), (rx, ry)) in &posture.paws {
        let paw = Outline::ellipse((x, y), rx, ry);
        layer.fill(&paw, Ink::flat(colour));
        for toe in [-0.33, 0.0, 0.33] {
            let line = [
                (x + toe * rx, y + ry * 0.1),
                (x + toe * rx * 1.15, y + ry * 0.85),
            ];
            layer.tint_stroke(
                &Outline::curve(&line),
                0.04,
                Ink::glaze(Colour::SHADOW, 0.4),
            );
        }
        layer.tint_stroke(&paw, 0.05, Ink::glaze(Colour::SHADOW, 0.25));
    }
}

fn hairs(layer: &mut Layer, breed: &Traits, posture: &Posture, dice: &mut Dice) {
    let (length, count) = match breed.fur {
        FurLength::Short => (0.12, 90),
        FurLength::Medium => (0.26, 100),
        FurLength::Long => (0.42, 110),
    };
    let (centre, _) = posture.mass;
    let flow = |(x, _): Xy| ((x - centre.0) * 0.35, 1.0);
    fur::texture(layer, dice, posture.mass, flow, (length, count));
    let (chest, radii) = posture.chest;
    let flow = |(x, _): Xy| ((x - chest.0) * 0.6, 1.0);
    fur::texture(layer, dice, (chest, radii), flow, (length * 1.2, count / 3));
}
