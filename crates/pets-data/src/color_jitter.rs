//! Brightness, contrast and saturation as torchvision's `ColorJitter` changes them: a blend of the picture with black,
//! with its mean grey, or with its own grey version, cut to whole values in 0..=255 after each.

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};

/// One of the three changes.
#[derive(Clone, Copy)]
enum Change {
    Brightness,
    Contrast,
    Saturation,
}

/// Applies the three changes in random order, each with a factor drawn from `[1 − strength, 1 + strength]`.
pub(crate) fn jitter(pixels: &mut [[u8; 3]], strength: f32, rng: &mut impl Rng) {
    let mut changes = [Change::Brightness, Change::Contrast, Change::Saturation];
    changes.shuffle(rng);
    for change in changes {
        let factor = rng.random_range(1.0 - strength..=1.0 + strength);
        match change {
            Change::Brightness => blend_with_constant(pixels, 0.0, factor),
            Change::Contrast => {
                let mean = mean_grey(pixels);
                blend_with_constant(pixels, mean, factor);
            }
            Change::Saturation => blend_with_grey(pixels, factor),
        }
    }
}

/// `factor · pixel + (1 − factor) · other`.
fn blend_with_constant(pixels: &mut [[u8; 3]], other: f32, factor: f32) {
    let mut blended = [0; 256];
    for (value, slot) in (0..=u8::MAX).zip(&mut blended) {
        *slot = blend(value, other, factor);
    }
    for value in pixels.as_flattened_mut() {
        *value = blended[usize::from(*value)];
    }
}

/// `factor · pixel + (1 − factor) · its grey`.
fn blend_with_grey(pixels: &mut [[u8; 3]], factor: f32) {
    for pixel in pixels {
        let grey = f32::from(grey(*pixel));
        *pixel = pixel.map(|value| blend(value, grey, factor));
    }
}

/// Cut, not rounded, as Pillow and torchvision do; the cast keeps it within 0..=255.
fn blend(value: u8, other: f32, factor: f32) -> u8 {
    (factor * f32::from(value) + (1.0 - factor) * other) as u8
}

/// Pillow's luma: 0.299 red + 0.587 green + 0.114 blue, rounded.
fn grey([red, green, blue]: [u8; 3]) -> u8 {
    let sum = u32::from(red) * 19_595 + u32::from(green) * 38_470 + u32::from(blue) * 7_471;
    ((sum + 0x8000) >> 16) as u8
}

/// The mean of the grey version, rounded.
fn mean_grey(pixels: &[[u8; 3]]) -> f32 {
    let sum: u64 = pixels.iter().map(|&pixel| u64::from(grey(pixel))).sum();
    (sum as f64 / pixels.len() as f64).round() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    const PIXELS: [[u8; 3]; 3] = [[200, 100, 50], [0, 255, 10], [90, 90, 90]];

    #[test]
    fn strength_zero_changes_nothing() {
        let mut pixels = PIXELS;
        jitter(&mut pixels, 0.0, &mut ChaCha8Rng::seed_from_u64(1));
        assert_eq!(pixels, PIXELS);
    }

    #[test]
    fn saturation_zero_is_grey() {
        let mut pixels = PIXELS;
        blend_with_grey(&mut pixels, 0.0);
        // 0.299 · 200 + 0.587 · 100 + 0.114 · 50 = 124.2; 0.587 · 255 + 1.14 = 150.8
        assert_eq!(pixels, [[124; 3], [151; 3], [90; 3]]);
    }

    #[test]
    fn brightness_scales_and_saturates() {
        let mut pixels = PIXELS;
        blend_with_constant(&mut pixels, 0.0, 1.5);
        assert_eq!(pixels, [[255, 150, 75], [0, 255, 15], [135, 135, 135]]);
    }

    #[test]
    fn contrast_zero_is_the_mean_grey() {
        let mut pixels = PIXELS;
        let mean = mean_grey(&pixels);
        blend_with_constant(&mut pixels, mean, 0.0);
        // (124 + 151 + 90) / 3 = 121.7
        assert_eq!(pixels, [[122; 3]; 3]);
    }

    #[test]
    fn contrast_moves_values_from_the_mean() {
        let mut pixels = [[100; 3], [200; 3]];
        let mean = mean_grey(&pixels);
        blend_with_constant(&mut pixels, mean, 1.5);
        assert_eq!(pixels, [[75; 3], [225; 3]]);
    }
}
