//! Out of doors: sky, hedge or sea, grass or sand.

use super::furniture::leaf;
use crate::dice::Dice;
use crate::nuisance::NUISANCE;
use crate::paint::{Blade, Colour, Ink, Layer, Outline};

const SKIES: [(Colour, Colour); 4] = [
    (Colour::hex(0x007f_b4dc), Colour::hex(0x00e0_eef4)),
    (Colour::hex(0x00a8_b8c8), Colour::hex(0x00dc_e0e4)),
    (Colour::hex(0x00e8_b48c), Colour::hex(0x00f8_e4c4)),
    (Colour::hex(0x006a_8cc0), Colour::hex(0x00f2_d8d0)),
];
const GREENS: [Colour; 5] = [
    Colour::hex(0x005e_8a46),
    Colour::hex(0x007c_9e4e),
    Colour::hex(0x0044_6c44),
    Colour::hex(0x0094_a058),
    Colour::hex(0x0056_7a5c),
];
const SANDS: [Colour; 3] = [
    Colour::hex(0x00dc_c49a),
    Colour::hex(0x00c4_b49c),
    Colour::hex(0x00e8_ecf2),
];
const FLOWERS: [Colour; 5] = [
    Colour::hex(0x00f2_d44e),
    Colour::hex(0x00f0_f0ea),
    Colour::hex(0x00d8_6a8a),
    Colour::hex(0x009a_7ac8),
    Colour::hex(0x00e4_744a),
];

/// Out of doors: sky, hedge or sea, and grass or sand.
pub(super) fn draw(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let (high, low) = *dice.pick(&SKIES);
    layer.fill(
        &Outline::rect((0.0, 0.0), 1.0, horizon + 0.02),
        Ink::linear(((0.0, 0.0), high), ((0.0, horizon), low)),
    );
    if dice.chance(0.75) {
        hedge(layer, horizon, dice);
        grass(layer, horizon, dice);
    } else {
        shore(layer, horizon, dice);
    }
    if dice.chance(0.3) {
        fence(layer, horizon, dice);
    }
    for _ in 0..dice.count(NUISANCE.clutter) / 2 {
        bush(layer, horizon, dice);
    }
}

fn hedge(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let green = *dice.pick(&GREENS);
    let tall = dice.between((0.05, 0.6));
    for row in 0..3 {
        let depth = row as f32 / 2.0;
        let colour = green.lighter(0.18 - 0.36 * depth);
        let crowns: Vec<_> = (0..9)
            .map(|i| {
                let x = i as f32 / 8.0 + dice.around(0.06);
                let y = horizon - tall * (1.0 - depth) * dice.between((0.7, 1.1));
                let radius = dice.between((0.08, 0.15));
                ((x, y), radius, radius)
            })
            .collect();
        layer.fill(&Outline::ellipses(&crowns), Ink::flat(colour));
        let top = horizon - tall * (1.0 - depth) * 0.85;
        layer.fill(
            &Outline::rect((0.0, top), 1.0, (1.0 - top).max(0.0)),
            Ink::flat(colour),
        );
    }
}

fn grass(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let green = dice.pick(&GREENS).lighter(dice.around(0.12));
    layer.fill(
        &Outline::rect((0.0, horizon), 1.0, 1.0 - horizon),
        Ink::linear(
            ((0.0, horizon), green.lighter(-0.2)),
            ((0.0, 1.0), green.lighter(0.12)),
        ),
    );
    for shade in [-0.25, 0.05, 0.25] {
        let blades: Vec<Blade> = (0..70)
            .map(|_| {
                let y = dice.between((horizon, 1.08));
                let near = 0.3 + (y - horizon) * 1.6;
                let x = dice.between((0.0, 1.0));
                Blade {
                    root: (x, y),
                    tip: (
                        x + dice.around(0.03) * near,
                        y - dice.between((0.05, 0.1)) * near,
                    ),
                    width: 0.014 * near,
                }
            })
            .collect();
        layer.fill(
            &Outline::blades(&blades),
            Ink::glaze(green.lighter(shade), 0.8),
        );
    }
    if dice.chance(0.4) {
        let petal = *dice.pick(&FLOWERS);
        let flowers: Vec<_> = (0..dice.count((6, 24)))
            .map(|_| {
                let y = dice.between((horizon, 1.0));
                let radius = 0.006 + 0.016 * (y - horizon);
                ((dice.between((0.0, 1.0)), y), radius, radius)
            })
            .collect();
        layer.fill(&Outline::ellipses(&flowers), Ink::flat(petal));
    }
}

fn shore(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let sea = Colour::hex(0x0048_8a9c).lighter(dice.around(0.25));
    let line = horizon - dice.between((0.05, 0.15));
    layer.fill(
        &Outline::rect((0.0, line), 1.0, 1.0 - line),
        Ink::linear(
            ((0.0, line), sea.lighter(-0.1)),
            ((0.0, horizon), sea.lighter(0.3)),
        ),
    );
    let sand = *dice.pick(&SANDS);
    let beach = [
        (-0.1, horizon + dice.around(0.03)),
        (0.3, horizon + dice.around(0.03)),
        (0.7, horizon + dice.around(0.03)),
        (1.1, horizon + dice.around(0.03)),
        (1.2, 1.2),
        (-0.2, 1.2),
    ];
    let outline = Outline::smooth(&beach);
    layer.stroke(&outline, 0.02, Ink::glaze(Colour::WHITE, 0.6));
    layer.fill(
        &outline,
        Ink::linear(
            ((0.0, horizon), sand.lighter(-0.1)),
            ((0.0, 1.0), sand.lighter(0.1)),
        ),
    );
    let grains: Vec<_> = (0..60)
        .map(|_| {
            let place = (
                dice.between((0.0, 1.0)),
                dice.between((horizon + 0.04, 1.0)),
            );
            (place, 0.006, 0.003)
        })
        .collect();
    layer.fill(&Outline::ellipses(&grains), Ink::glaze(Colour::SHADOW, 0.2));
}

fn fence(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let wood = dice
        .pick(&[
            Colour::hex(0x00a0_7c5c),
            Colour::hex(0x00e8_e4dc),
            Colour::hex(0x0070_6862),
        ])
        .lighter(dice.around(0.1));
    let top = horizon - dice.between((0.18, 0.4));
    let (width, gap) = (dice.between((0.05, 0.1)), dice.between((0.005, 0.06)));
    let bottom = horizon + 0.05;
    let mut x = dice.between((-0.1, 0.0));
    while x < 1.0 {
        let (left, right) = (x, x + width);
        let post = [
            (left, bottom),
            (left, top + width * 0.4),
            (left + width / 2.0, top),
            (right, top + width * 0.4),
            (right, bottom),
        ];
        layer.fill(
            &Outline::polygon(&post),
            Ink::linear(
                ((left, 0.0), wood.lighter(0.1)),
                ((right, 0.0), wood.lighter(-0.25)),
            ),
        );
        x += width + gap;
    }
}

fn bush(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let green = *dice.pick(&GREENS);
    let root = (
        dice.between((0.0, 1.0)),
        horizon + dice.between((0.0, 0.12)),
    );
    for _ in 0..dice.count((10, 18)) {
        let reach = dice.between((0.12, 0.32));
        let side = dice.around(1.0);
        let tip = (
            root.0 + side * reach,
            root.1 - (1.1 - 0.7 * side.abs()) * reach,
        );
        leaf(layer, root, tip, green.lighter(dice.around(0.25)));
    }
}
