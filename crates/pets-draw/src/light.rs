//! The light that falls on the animal and the scene.

use crate::dice::Dice;
use crate::nuisance::NUISANCE;
use crate::paint::{Colour, Ink, Layer, Outline, Xy};
use tiny_skia::Transform;

/// The light of a picture.
pub(crate) struct Light {
    /// Unit vector towards the light in the picture plane.
    towards: Xy,
    /// Opacity of the shade on the far side of things.
    shade: f32,
    /// Gain of each channel.
    gain: [f32; 3],
    contrast: f32,
    saturation: f32,
    falloff: f32,
    /// Whether something throws its shadow over the scene.
    dappled: bool,
}

impl Light {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        let n = &NUISANCE;
        // From the left over above to the right, seldom from below.
        let angle = dice.between((-3.5, 0.4));
        let gain = dice.between(n.exposure).exp2();
        let warmth = dice.mostly(n.warmth) + dice.around(n.warmth * 0.3);
        let tint = dice.mostly(n.tint);
        Self {
            towards: (angle.cos(), angle.sin()),
            shade: dice.between(n.shading),
            gain: [
                gain * (1.0 + warmth),
                gain * (1.0 + tint),
                gain * (1.0 - warmth),
            ],
            contrast: dice.between(n.contrast),
            saturation: dice.between(n.saturation),
            falloff: dice.between(n.falloff),
            dappled: dice.chance(n.dapple),
        }
    }

    /// Shades what is painted around `centre` (in pixels) as a ball in this light.
    pub(crate) fn model(&self, layer: &mut Layer, centre: Xy, radius: f32) {
        let bright = (
            centre.0 + self.towards.0 * radius * 0.5,
            centre.1 + self.towards.1 * radius * 0.5,
        );
        let size = layer.size() as usize;
        let unit = 1.0 / (1.75 * radius);
        for (i, pixel) in layer.bytes_mut().chunks_exact_mut(4).enumerate() {
            if pixel[3] == 0 {
                continue;
            }
            let (x, y) = ((i % size) as f32 - bright.0, (i / size) as f32 - bright.1);
            let (colour, opacity) = self.ball((x * x + y * y).sqrt() * unit);
            let cover = opacity * f32::from(pixel[3]);
            for (byte, tone) in pixel.iter_mut().zip([colour.r, colour.g, colour.b]) {
                let value = f32::from(*byte) * (1.0 - opacity) + tone * cover;
                *byte = (value + 0.5) as u8;
            }
        }
    }

    /// What a ball is glazed with at a distance (in 1.75 radii) from its brightest place: colour and opacity.
    fn ball(&self, distance: f32) -> (Colour, f32) {
        const TURN: f32 = 0.42;
        if distance < TURN {
            let near = 1.0 - distance / TURN;
            (Colour::WHITE, (0.24 * self.shade + 0.06) * near * near)
        } else {
            let far = ((distance - TURN) / (1.0 - TURN)).min(1.0);
            (Colour::SHADOW, self.shade * far)
        }
    }

    /// Throws soft shadows over the scene, where this light has any.
    pub(crate) fn dapple(&self, layer: &mut Layer, dice: &mut Dice) {
        if !self.dappled {
            return;
        }
        let size = layer.size() as f32;
        layer.set_view(Transform::from_scale(size, size));
        if dice.chance(0.5) {
            bars(layer, dice);
        } else {
            leaves(layer, dice);
        }
    }

    /// Applies exposure, colour temperature, falloff, contrast and saturation to the pixels.
    pub(crate) fn expose(&self, layer: &mut Layer) {
        let size = layer.size() as usize;
        let step = 1.0 / size as f32;
        let rows = layer.bytes_mut().chunks_exact_mut(4 * size);
        for (row, pixels) in rows.enumerate() {
            let down = (row as f32 + 0.5) * step - 0.5;
            for (column, pixel) in pixels.chunks_exact_mut(4).enumerate() {
                let across = (column as f32 + 0.5) * step - 0.5;
                let along = across * self.towards.0 + down * self.towards.1;
                let here = 1.0 + self.falloff * (along - 0.15);
                self.develop(pixel, here);
            }
        }
    }

    fn develop(&self, pixel: &mut [u8], here: f32) {
        let mut rgb = [0.0_f32; 3];
        for ((value, byte), gain) in rgb.iter_mut().zip(&*pixel).zip(self.gain) {
            let lit = f32::from(*byte) * (gain * here / 255.0);
            // A shoulder keeps bright parts from clipping hard.
            let soft = if lit > 0.7 {
                0.7 + (lit - 0.7) / (1.0 + (lit - 0.7) * 2.0)
            } else {
                lit
            };
            *value = 0.5 + (soft - 0.5) * self.contrast;
        }
        let grey = 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2];
        for (byte, value) in pixel.iter_mut().zip(rgb) {
            let value = grey + (value - grey) * self.saturation;
            *byte = (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        }
    }
}

/// Slanted bands, as of a window's bars or a blind.
fn bars(layer: &mut Layer, dice: &mut Dice) {
    let slant = dice.around(0.5);
    let width = dice.between((0.05, 0.14));
    let gap = width * dice.between((1.4, 2.6));
    let opacity = dice.between((0.12, 0.3));
    let mut x = dice.between((-0.6, -0.5));
    let mut bands = Vec::new();
    while x < 1.6 {
        bands.push(vec![
            (x, -0.02),
            (x + width, -0.02),
            (x + width + slant, 1.02),
            (x + slant, 1.02),
        ]);
        x += gap;
    }
    layer.fill(
        &Outline::polygons(&bands),
        Ink::glaze(Colour::SHADOW, opacity),
    );
}

/// Soft spots, as of leaves.
fn leaves(layer: &mut Layer, dice: &mut Dice) {
    for _ in 0..dice.count((4, 8)) {
        let place = (dice.between((0.0, 1.0)), dice.between((0.0, 1.0)));
        let radius = dice.between((0.1, 0.3));
        let ink = Ink::glow(place, radius, Colour::SHADOW, dice.between((0.2, 0.5)));
        layer.fill(&Outline::disc(place, radius), ink);
    }
}
