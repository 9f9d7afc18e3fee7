//! Brightness, contrast and saturation as torchvision's `ColorJitter` changes them: a blend of the picture with black,
//! with its mean grey, or with its own grey version, cut to whole values in 0..=255 after each.

use pulp::{Arch, Simd, WithSimd};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt};

/// One of the three changes.
#[derive(Clone, Copy)]
enum Change {
    Brightness,
    Contrast,
    Saturation,
}

/// Applies the three changes in random order, each with a factor drawn from `[1 − strength, 1 + strength]`, to planes of
/// whole values in 0..=255.
pub(crate) fn jitter(planes: &mut [f32], strength: f32, rng: &mut impl Rng) {
    let mut changes = [Change::Brightness, Change::Contrast, Change::Saturation];
    changes.shuffle(rng);
    for change in changes {
        let factor = rng.random_range(1.0 - strength..=1.0 + strength);
        Arch::new().dispatch(Blend {
            planes,
            change,
            factor,
        });
    }
}

/// `factor · value + (1 − factor) · other`, where the change says what the other is.
struct Blend<'a> {
    planes: &'a mut [f32],
    change: Change,
    factor: f32,
}

impl WithSimd for Blend<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self {
            planes,
            change,
            factor,
        } = self;
        match change {
            Change::Brightness => blend_with_constant(planes, 0.0, factor),
            Change::Contrast => {
                let mean = mean_grey(planes);
                blend_with_constant(planes, mean, factor);
            }
            Change::Saturation => blend_with_grey(planes, factor),
        }
    }
}

#[inline(always)]
fn blend_with_constant(planes: &mut [f32], other: f32, factor: f32) {
    for value in planes {
        *value = blend(*value, other, factor);
    }
}

#[inline(always)]
fn blend_with_grey(planes: &mut [f32], factor: f32) {
    let (red, rest) = planes.split_at_mut(planes.len() / 3);
    let (green, blue) = rest.split_at_mut(red.len());
    for ((red, green), blue) in red.iter_mut().zip(green).zip(blue) {
        let grey = grey(*red, *green, *blue);
        *red = blend(*red, grey, factor);
        *green = blend(*green, grey, factor);
        *blue = blend(*blue, grey, factor);
    }
}

/// Cut, not rounded, as Pillow and torchvision do.
#[inline(always)]
fn blend(value: f32, other: f32, factor: f32) -> f32 {
    (factor * value + (1.0 - factor) * other)
        .clamp(0.0, 255.0)
        .trunc()
}

/// Pillow's luma in 1/65536: 0.299 red + 0.587 green + 0.114 blue, rounded. A sum is below 2²⁴, so none loses a bit.
#[inline(always)]
fn grey(red: f32, green: f32, blue: f32) -> f32 {
    const ONE: f32 = 65_536.0;
    ((red * 19_595.0 + green * 38_470.0 + blue * 7_471.0 + 0.5 * ONE) * (1.0 / ONE)).trunc()
}

/// The mean of the grey version, rounded.
#[inline(always)]
fn mean_grey(planes: &[f32]) -> f32 {
    /// Sums side by side, for vectors to add to.
    const LANES: usize = 32;
    /// Pixels whose greys' sum is below 2²⁴ in each lane, and so is exact.
    const BLOCK: usize = LANES << 16;

    let pixels = planes.len() / 3;
    let (red, rest) = planes.split_at(pixels);
    let (green, blue) = rest.split_at(pixels);
    let mut sum = 0.0_f64;
    for ((red, green), blue) in red
        .chunks(BLOCK)
        .zip(green.chunks(BLOCK))
        .zip(blue.chunks(BLOCK))
    {
        let mut lanes = [0.0_f32; LANES];
        for ((red, green), blue) in red
            .chunks(LANES)
            .zip(green.chunks(LANES))
            .zip(blue.chunks(LANES))
        {
            for (((lane, red), green), blue) in lanes.iter_mut().zip(red).zip(green).zip(blue) {
                *lane += grey(*red, *green, *blue);
            }
        }
        sum += lanes.iter().copied().map(f64::from).sum::<f64>();
    }
    (sum / pixels as f64).round() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    /// Three pixels: all red values, then green, then blue.
    const PLANES: [f32; 9] = [200.0, 0.0, 90.0, 100.0, 255.0, 90.0, 50.0, 10.0, 90.0];

    fn changed(mut planes: Vec<f32>, change: Change, factor: f32) -> Vec<f32> {
        Arch::new().dispatch(Blend {
            planes: &mut planes,
            change,
            factor,
        });
        planes
    }

    #[test]
    fn strength_zero_changes_nothing() {
        let mut planes = PLANES.to_vec();
        jitter(&mut planes, 0.0, &mut ChaCha8Rng::seed_from_u64(1));
        assert_eq!(planes, PLANES);
    }

    #[test]
    fn saturation_zero_is_grey() {
        // 0.299 · 200 + 0.587 · 100 + 0.114 · 50 = 124.2; 0.587 · 255 + 1.14 = 150.8
        let grey = [124.0, 151.0, 90.0].repeat(3);
        assert_eq!(changed(PLANES.to_vec(), Change::Saturation, 0.0), grey);
    }

    #[test]
    fn brightness_scales_and_saturates() {
        let brighter = [255.0, 0.0, 135.0, 150.0, 255.0, 135.0, 75.0, 15.0, 135.0];
        assert_eq!(changed(PLANES.to_vec(), Change::Brightness, 1.5), brighter);
    }

    #[test]
    fn contrast_zero_is_the_mean_grey() {
        // (124 + 151 + 90) / 3 = 121.7
        assert_eq!(changed(PLANES.to_vec(), Change::Contrast, 0.0), [122.0; 9]);
    }

    #[test]
    fn contrast_moves_values_from_the_mean() {
        let planes = [100.0, 200.0].repeat(3);
        let moved = [75.0, 225.0].repeat(3);
        assert_eq!(changed(planes, Change::Contrast, 1.5), moved);
    }

    #[test]
    fn all_pixels_count_in_the_mean_however_many_they_are() {
        let pixels = 33 * 70_000 + 1;
        let mut planes = vec![255.0; 3 * pixels];
        for plane in planes.chunks_exact_mut(pixels) {
            plane[..pixels / 2].fill(3.0);
        }
        assert_eq!(mean_grey(&planes) as u8, 129);
    }
}
