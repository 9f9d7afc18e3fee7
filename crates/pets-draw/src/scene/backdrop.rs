//! What is behind the animal: room, meadow, lights, cloth, studio.

use tiny_skia::Transform;

use super::{furniture, meadow};
use crate::animal::Pose;
use crate::dice::Dice;
use crate::nuisance::NUISANCE;
use crate::paint::{Colour, Ink, Layer, Outline};

/// Tones of walls, cloths and studio paper.
const TONES: [Colour; 14] = [
    Colour::hex(0x00e6_dccb),
    Colour::hex(0x00b8_c8c4),
    Colour::hex(0x00d8_b8a4),
    Colour::hex(0x0094_a8b8),
    Colour::hex(0x00cf_c6d8),
    Colour::hex(0x0086_9a82),
    Colour::hex(0x00e8_cf98),
    Colour::hex(0x005e_6e80),
    Colour::hex(0x00b0_7e6a),
    Colour::hex(0x00f0_ece6),
    Colour::hex(0x0074_5c50),
    Colour::hex(0x00a8_8ca6),
    Colour::hex(0x0048_5a54),
    Colour::hex(0x00c9_a9a0),
];

/// What is behind the animal, in shares of the picture's edge; `ground` is where the floor begins.
pub(crate) fn draw_backdrop(size: u32, pose: &Pose, dice: &mut Dice) -> Layer {
    let edge = size as f32;
    let mut layer = Layer::with_view(size, Transform::from_scale(edge, edge));
    let ground = (pose.head.1 + pose.stance.ground() * pose.radius * 0.8) / edge;
    let horizon = (ground - dice.between((0.05, 0.25))).clamp(0.42, 0.9);
    match dice.count((0, 9)) {
        0..=3 => room(&mut layer, horizon, dice),
        4..=6 => meadow::draw(&mut layer, horizon, dice),
        7 => bokeh(&mut layer, dice),
        8 => cloth(&mut layer, dice),
        _ => studio(&mut layer, dice),
    }
    layer
}

/// The shadow the animal throws on the ground.
pub(crate) fn draw_ground_shadow(layer: &mut Layer, pose: &Pose) {
    layer.set_view(pose.body_view());
    let (middle, half) = pose.stance.footprint(pose.side);
    let ground = pose.stance.ground() - 0.05;
    // A flat ellipse with a round glow squeezed into it.
    let flat = pose
        .body_view()
        .pre_translate(middle, ground)
        .pre_scale(half * 1.25, 0.5);
    layer.set_view(flat);
    let ink = Ink::glow((0.0, 0.0), 1.0, Colour::SHADOW, 0.75);
    layer.fill(&Outline::disc((0.0, 0.0), 1.0), ink);
}

fn tone(dice: &mut Dice) -> Colour {
    dice.pick(&TONES).lighter(dice.around(0.2))
}

fn room(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let wall = tone(dice);
    let top = dice.between((0.0, 0.14));
    layer.fill(
        &Outline::rect((0.0, 0.0), 1.0, 1.0),
        Ink::linear(
            ((0.0, 0.0), wall.lighter(top)),
            ((0.3, 1.0), wall.lighter(-0.2)),
        ),
    );
    if dice.chance(0.4) {
        stripes(
            layer,
            wall.lighter(dice.around(0.15)),
            dice.between((0.03, 0.1)),
            0.0,
            horizon,
        );
    }
    floor(layer, horizon, dice);
    for _ in 0..dice.count(NUISANCE.clutter) {
        furniture::draw(layer, horizon, dice);
    }
}

fn floor(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let floor = dice
        .pick(&[
            Colour::hex(0x00a8_7c54),
            Colour::hex(0x007a_5a42),
            Colour::hex(0x00c8_b49a),
            Colour::hex(0x008c_8a88),
            Colour::hex(0x00b0_9c88),
        ])
        .lighter(dice.around(0.12));
    layer.fill(
        &Outline::rect((0.0, horizon), 1.0, 1.0 - horizon),
        Ink::linear(
            ((0.0, horizon), floor.lighter(-0.18)),
            ((0.0, 1.0), floor.lighter(0.06)),
        ),
    );
    let vanish = dice.between((0.2, 0.8));
    for i in -8..=16 {
        let near = i as f32 * 0.16;
        let far = vanish + (near - vanish) * 0.55;
        let plank = Outline::curve(&[(far, horizon), (near, 1.0)]);
        layer.stroke(&plank, 0.005, Ink::glaze(Colour::SHADOW, 0.25));
    }
    if dice.chance(0.6) {
        let skirting = Outline::rect((0.0, horizon - 0.035), 1.0, 0.035);
        layer.fill(&skirting, Ink::glaze(Colour::WHITE, 0.45));
    }
    if dice.chance(0.5) {
        let rug = Outline::ellipse(
            (dice.between((0.3, 0.7)), 0.98),
            0.55,
            0.98 - horizon - 0.02,
        );
        layer.fill(&rug, Ink::glaze(tone(dice), 0.85));
        layer.stroke(&rug, 0.012, Ink::glaze(Colour::WHITE, 0.35));
    }
}

fn stripes(layer: &mut Layer, colour: Colour, width: f32, slant: f32, bottom: f32) {
    let count = (2.0 / width) as usize;
    let bands: Vec<_> = (0..count)
        .map(|i| {
            let x = -0.6 + 2.0 * width * i as f32;
            vec![
                (x, 0.0),
                (x + width, 0.0),
                (x + width + slant, bottom),
                (x + slant, bottom),
            ]
        })
        .collect();
    layer.fill(&Outline::polygons(&bands), Ink::glaze(colour, 0.55));
}

/// Out-of-focus lights.
fn bokeh(layer: &mut Layer, dice: &mut Dice) {
    let (above, below) = (tone(dice).lighter(-0.4), tone(dice).lighter(-0.15));
    layer.fill(
        &Outline::rect((0.0, 0.0), 1.0, 1.0),
        Ink::linear(((0.0, 0.0), above), ((0.2, 1.0), below)),
    );
    for _ in 0..dice.count((10, 26)) {
        let place = (dice.between((0.0, 1.0)), dice.between((0.0, 1.0)));
        let disc = Outline::disc(place, dice.between((0.02, 0.11)));
        let colour = tone(dice).lighter(0.2);
        let opacity = dice.between((0.12, 0.5));
        layer.fill(&disc, Ink::glaze(colour, opacity));
        layer.stroke(&disc, 0.004, Ink::glaze(colour.lighter(0.4), opacity));
    }
}

/// A blanket: stripes, checks or dots.
fn cloth(layer: &mut Layer, dice: &mut Dice) {
    let (cloth, print) = (tone(dice), tone(dice));
    layer.flood(cloth);
    let width = dice.between((0.03, 0.12));
    match dice.count((0, 2)) {
        0 => stripes(layer, print, width, dice.around(0.5), 1.0),
        1 => {
            stripes(layer, print, width, 0.0, 1.0);
            for i in 0..(0.6 / width) as usize {
                let band = Outline::rect((0.0, 2.0 * width * i as f32), 1.0, width);
                layer.fill(&band, Ink::glaze(print, 0.45));
            }
        }
        _ => {
            let count = (0.6 / width) as usize + 1;
            let dots: Vec<_> = (0..count * count)
                .map(|i| {
                    let (row, column) = (i / count, i % count);
                    let stagger = if row % 2 == 0 { 0.0 } else { width };
                    let x = 2.0 * width * column as f32 + stagger;
                    ((x, 2.0 * width * row as f32), width * 0.5, width * 0.5)
                })
                .collect();
            layer.fill(&Outline::ellipses(&dots), Ink::glaze(print, 0.8));
        }
    }
    for _ in 0..dice.count((2, 5)) {
        let (x, sway) = (dice.between((0.0, 1.0)), dice.around(0.25));
        let fold = Outline::curve(&[(x - sway, -0.1), (x, 0.5), (x + sway * 0.5, 1.1)]);
        layer.stroke(&fold, 0.1, Ink::glaze(Colour::SHADOW, 0.08));
        layer.stroke(&fold, 0.04, Ink::glaze(Colour::SHADOW, 0.1));
    }
}

fn studio(layer: &mut Layer, dice: &mut Dice) {
    let paper = tone(dice);
    let centre = (dice.between((0.2, 0.8)), dice.between((0.2, 0.7)));
    layer.fill(
        &Outline::rect((0.0, 0.0), 1.0, 1.0),
        Ink::radial(
            centre,
            dice.between((0.6, 1.0)),
            paper.lighter(0.22),
            paper.lighter(-0.35),
        ),
    );
}
