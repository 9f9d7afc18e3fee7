//! What stands and hangs in a room.

use crate::dice::Dice;
use crate::paint::{Colour, Ink, Layer, Outline, Xy};

const CLOTHS: [Colour; 10] = [
    Colour::hex(0x00b8_5c4a),
    Colour::hex(0x004f_7482),
    Colour::hex(0x00d9_a441),
    Colour::hex(0x0062_7a58),
    Colour::hex(0x008a_6a8e),
    Colour::hex(0x00d8_d0c4),
    Colour::hex(0x003e_4654),
    Colour::hex(0x00c9_8f9a),
    Colour::hex(0x0070_5644),
    Colour::hex(0x0080_a0b0),
];
const WOOD: Colour = Colour::hex(0x008a_603c);
const LEAF: Colour = Colour::hex(0x004c_7a48);

/// Puts one thing into a room whose floor begins at `horizon`.
pub(super) fn draw(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    match dice.count((0, 8)) {
        0 => window(layer, dice),
        1 => picture(layer, dice),
        2 => sofa(layer, horizon, dice),
        3 => lamp(layer, horizon, dice),
        4 => shelf(layer, dice),
        5 => plant(layer, horizon, dice),
        6 => curtain(layer, horizon, dice),
        7 => cabinet(layer, horizon, dice),
        _ => ball(layer, horizon, dice),
    }
}

fn cloth(dice: &mut Dice) -> Colour {
    dice.pick(&CLOTHS).lighter(dice.around(0.15))
}

/// Somewhere along the wall, seldom in its middle, where the animal is.
fn along_wall(dice: &mut Dice) -> f32 {
    let from_edge = dice.between((-0.08, 0.3));
    if dice.chance(0.5) {
        from_edge
    } else {
        1.0 - from_edge
    }
}

fn window(layer: &mut Layer, dice: &mut Dice) {
    let (width, height) = (dice.between((0.22, 0.42)), dice.between((0.28, 0.45)));
    let (x, y) = (along_wall(dice) - width / 2.0, dice.between((-0.08, 0.12)));
    let sky = Colour::hex(0x00cf_e4ee).lighter(dice.around(0.3));
    let frame = Colour::hex(0x00f4_f0e8).lighter(dice.between((-0.4, 0.0)));
    layer.fill(
        &Outline::rect((x - 0.02, y - 0.02), width + 0.04, height + 0.04),
        Ink::flat(frame),
    );
    layer.fill(
        &Outline::rect((x, y), width, height),
        Ink::linear(((x, y), sky), ((x, y + height), sky.lighter(0.4))),
    );
    let bars = [
        vec![(x + width / 2.0, y), (x + width / 2.0, y + height)],
        vec![(x, y + height * 0.4), (x + width, y + height * 0.4)],
    ];
    for bar in bars {
        layer.stroke(&Outline::curve(&bar), 0.018, Ink::flat(frame));
    }
    let sill = Outline::rect((x - 0.04, y + height + 0.02), width + 0.08, 0.025);
    layer.fill(&sill, Ink::flat(frame.lighter(-0.1)));
}

fn picture(layer: &mut Layer, dice: &mut Dice) {
    let (width, height) = (dice.between((0.12, 0.26)), dice.between((0.12, 0.26)));
    let (x, y) = (along_wall(dice) - width / 2.0, dice.between((0.02, 0.25)));
    layer.fill(
        &Outline::rect((x + 0.01, y + 0.015), width, height),
        Ink::glaze(Colour::SHADOW, 0.3),
    );
    let frame = *dice.pick(&[WOOD, CLOTHS[6], CLOTHS[5]]);
    layer.fill(&Outline::rect((x, y), width, height), Ink::flat(frame));
    let sheet = Colour::hex(0x00f2_ede2);
    layer.fill(
        &Outline::rect((x + 0.015, y + 0.015), width - 0.03, height - 0.03),
        Ink::flat(sheet),
    );
    for _ in 0..3 {
        let place = (
            x + width * dice.between((0.35, 0.65)),
            y + height * dice.between((0.35, 0.65)),
        );
        let size = width.min(height) * dice.between((0.1, 0.24));
        let blob = Outline::blob(dice, place, (size, size), 0.2);
        layer.fill(&blob, Ink::glaze(cloth(dice), 0.8));
    }
}

fn sofa(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let colour = cloth(dice);
    let width = dice.between((0.6, 1.1));
    let x = along_wall(dice) - width / 2.0;
    let (back, seat) = (horizon - dice.between((0.2, 0.32)), horizon - 0.1);
    let soft = |shade: f32, from: f32, to: f32| {
        Ink::linear(
            ((x, from), colour.lighter(shade)),
            ((x, to), colour.lighter(shade - 0.22)),
        )
    };
    let floor = horizon + 0.1;
    layer.fill(
        &Outline::cushion((x, back), width, floor - back, 0.06),
        soft(0.0, back, floor),
    );
    let half = width * 0.42;
    for i in 0..2 {
        let left = x + width * 0.08 + half * i as f32;
        layer.fill(
            &Outline::cushion((left, seat), half, 0.11, 0.04),
            soft(0.12, seat, seat + 0.11),
        );
        let cushion = cloth(dice);
        if dice.chance(0.5) {
            let place = (left + half * 0.3, seat - 0.05);
            layer.fill(
                &Outline::tilted_ellipse(place, 0.09, 0.08, 0.5),
                Ink::flat(cushion),
            );
        }
    }
    for left in [x - 0.02, x + width * 0.9] {
        let arm = Outline::cushion((left, seat - 0.06), width * 0.12, floor - seat + 0.06, 0.05);
        layer.fill(&arm, soft(0.06, seat - 0.06, floor));
    }
}

fn lamp(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let x = along_wall(dice);
    let top = dice.between((0.08, 0.3));
    let glow = Colour::hex(0x00ff_e6b0);
    let halo = (x, top + 0.1);
    layer.fill(&Outline::disc(halo, 0.4), Ink::glow(halo, 0.4, glow, 0.7));
    let pole = Outline::curve(&[(x, top + 0.14), (x, horizon + 0.05)]);
    layer.stroke(&pole, 0.014, Ink::flat(CLOTHS[6]));
    let shade = [
        (x - 0.05, top),
        (x + 0.05, top),
        (x + 0.11, top + 0.15),
        (x - 0.11, top + 0.15),
    ];
    layer.fill(
        &Outline::polygon(&shade),
        Ink::radial(halo, 0.14, glow.lighter(0.3), cloth(dice).mix(glow, 0.5)),
    );
}

fn shelf(layer: &mut Layer, dice: &mut Dice) {
    let width = dice.between((0.25, 0.5));
    let x = along_wall(dice) - width / 2.0;
    let y = dice.between((0.16, 0.36));
    let mut left = x + 0.01;
    while left < x + width - 0.03 {
        let (thick, tall) = (dice.between((0.016, 0.04)), dice.between((0.07, 0.13)));
        let book = cloth(dice);
        layer.fill(
            &Outline::rect((left, y - tall), thick, tall),
            Ink::linear(
                ((left, y), book.lighter(0.1)),
                ((left + thick, y), book.lighter(-0.2)),
            ),
        );
        left += thick + 0.002;
    }
    layer.fill(&Outline::rect((x, y), width, 0.022), Ink::flat(WOOD));
    layer.fill(
        &Outline::rect((x, y + 0.022), width, 0.03),
        Ink::glaze(Colour::SHADOW, 0.18),
    );
}

fn plant(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let x = along_wall(dice);
    let base = horizon + dice.between((0.0, 0.1));
    let tall = dice.between((0.25, 0.45));
    let green = LEAF.lighter(dice.around(0.25));
    let pot_top = base - 0.14;
    for _ in 0..dice.count((9, 16)) {
        let side = dice.around(1.0);
        let tip = (
            x + side * tall * 0.6,
            pot_top - tall * dice.between((0.35, 1.0)),
        );
        leaf(layer, (x, pot_top), tip, green.lighter(dice.around(0.2)));
    }
    let pot = [
        (x - 0.08, pot_top),
        (x + 0.08, pot_top),
        (x + 0.055, base),
        (x - 0.055, base),
    ];
    let clay = *dice.pick(&[CLOTHS[0], CLOTHS[5], CLOTHS[6]]);
    layer.fill(
        &Outline::polygon(&pot),
        Ink::linear(
            ((x - 0.08, base), clay.lighter(0.12)),
            ((x + 0.08, base), clay.lighter(-0.3)),
        ),
    );
}

/// A pointed leaf from its stalk to its tip.
pub(super) fn leaf(layer: &mut Layer, root: Xy, tip: Xy, colour: Colour) {
    let (dx, dy) = (tip.0 - root.0, tip.1 - root.1);
    let at = |t: f32| (root.0 + dx * t, root.1 + dy * t);
    let length = (dx * dx + dy * dy).sqrt();
    let width = length * 0.2;
    let blade = Outline::ribbon(&[
        (at(0.0), width * 0.08),
        (at(0.45), width * 0.9),
        (at(0.7), width),
        (at(0.97), width * 0.15),
    ]);
    layer.fill(
        &blade,
        Ink::linear((root, colour.lighter(-0.25)), (tip, colour.lighter(0.08))),
    );
    let vein = Outline::curve(&[at(0.1), at(0.9)]);
    layer.stroke(&vein, length * 0.012, Ink::glaze(Colour::WHITE, 0.2));
}

fn curtain(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let colour = cloth(dice);
    let width = dice.between((0.14, 0.26));
    let x = if dice.chance(0.5) {
        -0.02
    } else {
        1.02 - width
    };
    let bottom = horizon + 0.02;
    layer.fill(&Outline::rect((x, -0.01), width, bottom), Ink::flat(colour));
    let folds = dice.count((4, 7));
    for i in 0..folds {
        let left = x + width * i as f32 / folds as f32;
        let fold = width / folds as f32;
        layer.fill(
            &Outline::rect((left, -0.01), fold, bottom),
            Ink::linear_fade(
                ((left, 0.0), Colour::WHITE, 0.16),
                ((left + fold, 0.0), Colour::SHADOW, 0.34),
            ),
        );
    }
}

fn cabinet(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let wood = dice
        .pick(&[WOOD, CLOTHS[5], CLOTHS[8]])
        .lighter(dice.around(0.15));
    let (width, tall) = (dice.between((0.3, 0.55)), dice.between((0.2, 0.5)));
    let (x, y) = (along_wall(dice) - width / 2.0, horizon + 0.06 - tall);
    layer.fill(
        &Outline::cushion((x, y), width, tall, 0.012),
        Ink::linear(
            ((x, y), wood.lighter(0.1)),
            ((x + width, y + tall), wood.lighter(-0.25)),
        ),
    );
    let drawers = dice.count((2, 3));
    for i in 0..drawers {
        let high = tall / drawers as f32;
        let top = y + high * i as f32;
        let front = Outline::cushion((x + 0.015, top + 0.012), width - 0.03, high - 0.024, 0.01);
        layer.stroke(&front, 0.006, Ink::glaze(Colour::SHADOW, 0.4));
        let knob = Outline::disc((x + width / 2.0, top + high / 2.0), 0.012);
        layer.fill(&knob, Ink::glaze(Colour::SHADOW, 0.6));
    }
}

fn ball(layer: &mut Layer, horizon: f32, dice: &mut Dice) {
    let radius = dice.between((0.04, 0.08));
    let place = (
        along_wall(dice),
        dice.between((horizon, 1.0)).min(1.0 - radius),
    );
    toy_ball(layer, place, radius, cloth(dice));
}

/// A shiny ball with its shadow.
pub(super) fn toy_ball(layer: &mut Layer, (x, y): Xy, radius: f32, colour: Colour) {
    let ground = Outline::ellipse((x, y + radius * 0.92), radius * 1.1, radius * 0.25);
    layer.fill(&ground, Ink::glaze(Colour::SHADOW, 0.3));
    let shine = (x - radius * 0.35, y - radius * 0.4);
    let ink = Ink::radial(
        shine,
        radius * 1.5,
        colour.lighter(0.35),
        colour.lighter(-0.35),
    );
    layer.fill(&Outline::disc((x, y), radius), ink);
    let seam = [
        (x - radius * 0.7, y - radius * 0.66),
        (x, y - radius * 0.1),
        (x + radius * 0.96, y),
    ];
    layer.stroke(
        &Outline::curve(&seam),
        radius * 0.12,
        Ink::glaze(Colour::WHITE, 0.6),
    );
}
