//! Things in front of the animal.

use tiny_skia::Transform;

use super::furniture::{leaf, toy_ball};
use crate::dice::Dice;
use crate::nuisance::NUISANCE;
use crate::paint::{Colour, Ink, Layer, Outline};

const WOODS: [Colour; 4] = [
    Colour::hex(0x0096_6c48),
    Colour::hex(0x006a_4c38),
    Colour::hex(0x00c8_a67c),
    Colour::hex(0x00e6_e0d6),
];
const TOYS: [Colour; 5] = [
    Colour::hex(0x00d0_4e44),
    Colour::hex(0x003f_84b8),
    Colour::hex(0x00e8_b83a),
    Colour::hex(0x005a_9e62),
    Colour::hex(0x00e8_8aa8),
];
const GREENS: [Colour; 3] = [
    Colour::hex(0x004a_7a3e),
    Colour::hex(0x006c_9648),
    Colour::hex(0x0038_5e40),
];

/// A layer with something that stands in front of the animal, in some pictures.
pub(crate) fn draw_occluder(size: u32, dice: &mut Dice) -> Option<Layer> {
    if !dice.chance(NUISANCE.occlusion) {
        return None;
    }
    let edge = size as f32;
    let mut layer = Layer::with_view(size, Transform::from_scale(edge, edge));
    match dice.count((0, 5)) {
        0 => plank(&mut layer, dice),
        1 | 2 => foliage(&mut layer, dice),
        3 => ball(&mut layer, dice),
        4 => bars(&mut layer, dice),
        _ => blanket(&mut layer, dice),
    }
    Some(layer)
}

/// The edge of a table or box across the bottom.
fn plank(layer: &mut Layer, dice: &mut Dice) {
    let wood = dice.pick(&WOODS).lighter(dice.around(0.15));
    let top = dice.between((0.66, 0.88));
    let slope = dice.around(0.04);
    let board = [
        (-0.1, top - slope),
        (1.1, top + slope),
        (1.1, 1.1),
        (-0.1, 1.1),
    ];
    layer.fill(
        &Outline::polygon(&board),
        Ink::linear(
            ((0.0, top), wood.lighter(0.15)),
            ((0.0, 1.0), wood.lighter(-0.25)),
        ),
    );
    for _ in 0..6 {
        let y = dice.between((top + 0.06, 1.0));
        let grain = [
            (-0.1, y - slope),
            (0.5, y + dice.around(0.012)),
            (1.1, y + slope),
        ];
        layer.stroke(
            &Outline::curve(&grain),
            0.006,
            Ink::glaze(Colour::SHADOW, 0.2),
        );
    }
    let rim = Outline::curve(&[(-0.1, top - slope), (1.1, top + slope)]);
    layer.stroke(&rim, 0.016, Ink::glaze(Colour::WHITE, 0.3));
}

/// Leaves that reach into the picture from a corner.
fn foliage(layer: &mut Layer, dice: &mut Dice) {
    let green = *dice.pick(&GREENS);
    let side = if dice.chance(0.5) { 0.0 } else { 1.0 };
    let inwards = 1.0 - 2.0 * side;
    let from_top = dice.chance(0.3);
    for _ in 0..dice.count((6, 12)) {
        let height = if from_top {
            dice.between((-0.1, 0.2))
        } else {
            dice.between((0.7, 1.1))
        };
        let root = (
            side - inwards * 0.05 + inwards * dice.between((0.0, 0.2)),
            height,
        );
        let lift = dice.between((-0.35, 0.15)) * if from_top { -1.0 } else { 1.0 };
        let tip = (root.0 + inwards * dice.between((0.15, 0.42)), root.1 + lift);
        leaf(layer, root, tip, green.lighter(dice.around(0.2)));
    }
}

fn ball(layer: &mut Layer, dice: &mut Dice) {
    let radius = dice.between((0.09, 0.17));
    let place = (dice.between((0.15, 0.85)), dice.between((0.72, 0.95)));
    toy_ball(layer, place, radius, *dice.pick(&TOYS));
}

/// Upright bars of a railing.
fn bars(layer: &mut Layer, dice: &mut Dice) {
    let colour = dice.pick(&WOODS).lighter(dice.between((-0.3, 0.1)));
    let width = dice.between((0.014, 0.03));
    let gap = dice.between((0.17, 0.3));
    let lean = dice.around(0.05);
    let mut x = dice.between((-0.05, gap));
    while x < 1.05 {
        let bar = [
            (x, -0.02),
            (x + width, -0.02),
            (x + width + lean, 1.02),
            (x + lean, 1.02),
        ];
        layer.fill(
            &Outline::polygon(&bar),
            Ink::linear(
                ((x, 0.0), colour.lighter(0.2)),
                ((x + width, 0.0), colour.lighter(-0.3)),
            ),
        );
        x += gap;
    }
}

/// A fold of cloth over the lower part.
fn blanket(layer: &mut Layer, dice: &mut Dice) {
    let colour = dice.pick(&TOYS).mix(*dice.pick(&WOODS), 0.5);
    let top = dice.between((0.68, 0.88));
    let edge: Vec<_> = (0..6)
        .map(|i| (-0.1 + 0.24 * i as f32, top + dice.around(0.05)))
        .chain([(1.2, 1.3), (-0.2, 1.3)])
        .collect();
    let outline = Outline::smooth(&edge);
    layer.fill(
        &outline,
        Ink::linear(
            ((0.0, top), colour.lighter(0.2)),
            ((0.0, 1.05), colour.lighter(-0.25)),
        ),
    );
    for _ in 0..dice.count((3, 6)) {
        let (x, sway) = (dice.between((0.0, 1.0)), dice.around(0.1));
        let middle = f32::midpoint(top, 1.05);
        let fold = Outline::curve(&[(x, top), (x + sway, middle), (x + sway * 1.5, 1.05)]);
        layer.tint_stroke(&fold, 0.05, Ink::glaze(Colour::SHADOW, 0.16));
    }
    layer.tint_stroke(&outline, 0.02, Ink::glaze(Colour::WHITE, 0.3));
}
