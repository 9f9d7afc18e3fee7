//! The camera: blur and sensor noise.

use crate::dice::Dice;
use crate::paint::Layer;

/// Blurs with a box, across and down, of the standard deviation `sigma` in pixels.
pub(crate) fn blur(layer: &mut Layer, sigma: f32) {
    let window = Window::of_variance(sigma * sigma);
    if window.whole == 0 && window.part < 0.01 {
        return;
    }
    let size = layer.size() as usize;
    let mut spare = vec![0; layer.bytes().len()];
    // Down the columns, then, with rows and columns swapped, down the rows.
    for _ in 0..2 {
        box_columns(layer.bytes(), &mut spare, size, window);
        transpose(&spare, layer.bytes_mut(), size);
    }
}

/// The pixels a box averages: `whole` to each side, and the ones beyond with the weight `part`.
#[derive(Clone, Copy)]
struct Window {
    whole: usize,
    part: f32,
}

impl Window {
    /// A box of r whole pixels to each side has the variance (r² + r) / 3; `part` adds what is missing.
    fn of_variance(variance: f32) -> Self {
        let whole = (0.5 * ((1.0 + 12.0 * variance).sqrt() - 1.0)).floor();
        let missing = variance - (whole * whole + whole) / 3.0;
        let next = (whole + 1.0) * (whole + 1.0);
        let part = (1.0 + 2.0 * whole) * missing / (2.0 * (next - variance));
        Self {
            whole: whole as usize,
            part: part.clamp(0.0, 1.0),
        }
    }
}

/// Averages down the columns; beyond the edge the edge's pixel goes on. Weights are in shares of 65,536.
fn box_columns(from: &[u8], to: &mut [u8], size: usize, Window { whole, part }: Window) {
    let share = 65_536.0 / (1.0 + 2.0 * (whole as f32 + part));
    let (inner, outer) = (share.round() as u32, (share * part).round() as u32);
    let width = 4 * size;
    let row = |i: usize| &from[i * width..(i + 1) * width];
    let above = |i: usize, reach: usize| row(i.saturating_sub(reach));
    let below = |i: usize, reach: usize| row((i + reach).min(size - 1));
    let mut sums: Vec<u32> = row(0).iter().map(|&byte| u32::from(byte)).collect();
    for reach in 1..=whole {
        for ((sum, &a), &b) in sums.iter_mut().zip(row(0)).zip(below(0, reach)) {
            *sum += u32::from(a) + u32::from(b);
        }
    }
    for (i, out) in to.chunks_exact_mut(width).enumerate() {
        let (gone, before, next) = (above(i, whole), above(i, whole + 1), below(i, whole + 1));
        let inputs = gone.iter().zip(before).zip(next);
        for ((byte, sum), ((&gone, &before), &next)) in out.iter_mut().zip(&mut sums).zip(inputs) {
            let ends = u32::from(before) + u32::from(next);
            *byte = ((*sum * inner + ends * outer + 32_768) >> 16) as u8;
            *sum = *sum + u32::from(next) - u32::from(gone);
        }
    }
}

/// Swaps rows and columns of four-byte pixels.
fn transpose(from: &[u8], to: &mut [u8], size: usize) {
    for (column, out) in to.chunks_exact_mut(4 * size).enumerate() {
        for (row, pixel) in out.chunks_exact_mut(4).enumerate() {
            let start = 4 * (row * size + column);
            pixel.copy_from_slice(&from[start..start + 4]);
        }
    }
}

/// Adds noise of the given standard deviation (in shares of white) to every channel of every pixel.
pub(crate) fn noise(layer: &mut Layer, sigma: f32, dice: &mut Dice) {
    // The difference of two even bytes is triangular with variance (256² − 1) / 6.
    let scale = sigma * 255.0 / (65_535.0_f32 / 6.0).sqrt();
    let mut random = vec![0; layer.bytes().len() / 4 * 6];
    dice.bytes(&mut random);
    let pixels = layer.bytes_mut().chunks_exact_mut(4);
    for (pixel, draws) in pixels.zip(random.chunks_exact(6)) {
        for (byte, pair) in pixel.iter_mut().zip(draws.chunks_exact(2)) {
            let shift = (f32::from(pair[0]) - f32::from(pair[1])) * scale;
            *byte = (f32::from(*byte) + shift + 0.5).clamp(0.0, 255.0) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paint::{Colour, Ink, Outline};

    fn square() -> Layer {
        let mut layer = Layer::new(40);
        layer.flood(Colour::hex(0));
        layer.fill(
            &Outline::rect((12.0, 16.0), 10.0, 8.0),
            Ink::flat(Colour::WHITE),
        );
        layer
    }

    fn reds(layer: &Layer) -> Vec<f64> {
        layer
            .bytes()
            .chunks_exact(4)
            .map(|pixel| f64::from(pixel[0]))
            .collect()
    }

    /// Variance of the brightness's place along x and y.
    fn spread(reds: &[f64]) -> [f64; 2] {
        let total: f64 = reds.iter().sum();
        [|i: usize| i % 40, |i: usize| i / 40].map(|place| {
            let moment = |power: i32| {
                let weighted = reds
                    .iter()
                    .enumerate()
                    .map(|(i, red)| red * (place(i) as f64).powi(power));
                weighted.sum::<f64>() / total
            };
            moment(2) - moment(1).powi(2)
        })
    }

    #[test]
    fn blur_adds_its_variance_and_keeps_the_light() {
        for sigma in [0.4_f32, 1.0, 1.9] {
            let mut layer = square();
            let before = reds(&layer);
            blur(&mut layer, sigma);
            let after = reds(&layer);
            let (light, was) = (after.iter().sum::<f64>(), before.iter().sum::<f64>());
            assert!((light / was - 1.0).abs() < 0.01, "{light} {was}");
            let wanted = f64::from(sigma * sigma);
            for (after, before) in spread(&after).into_iter().zip(spread(&before)) {
                let added = after - before;
                assert!(
                    (added - wanted).abs() < 0.15 * wanted + 0.05,
                    "{added} {wanted}"
                );
            }
        }
    }

    #[test]
    fn no_blur_changes_nothing() {
        let mut layer = square();
        let before = layer.bytes().to_vec();
        blur(&mut layer, 0.0);
        assert_eq!(layer.bytes(), before);
    }

    #[test]
    fn noise_has_the_given_deviation() {
        let mut layer = Layer::new(64);
        layer.flood(Colour::hex(0x0080_8080));
        let mut dice = Dice::new(1, crate::dice::Purpose::Picture, 0, 0);
        noise(&mut layer, 0.05, &mut dice);
        let values = reds(&layer);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64;
        assert!((mean - 128.0).abs() < 1.0, "{mean}");
        assert!((variance.sqrt() / 255.0 - 0.05).abs() < 0.003, "{variance}");
    }
}
