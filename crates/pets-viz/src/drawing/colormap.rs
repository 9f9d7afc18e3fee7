//! Inferno, a colour map whose lightness rises evenly, so that equal steps of the value look equal.

use image::Rgb;

/// Polynomials of degree six in the value, fitted by Matt Zucker (2019, public domain) to the
/// inferno map of Smith and van der Walt (matplotlib, 2015); coefficients of red, green and blue
/// from the constant upwards.
const INFERNO: [[f32; 3]; 7] = [
    [0.000_218_940_37, 0.001_651_004_6, -0.019_480_899],
    [0.106_513_42, 0.563_956_44, 3.932_712_4],
    [11.602_493, -3.972_854, -15.942_394],
    [-41.703_995, 17.436_4, 44.354_145],
    [77.162_94, -33.402_36, -81.807_31],
    [-71.319_43, 32.626_064, 73.209_52],
    [25.131_126, -12.242_669, -23.070_325],
];

/// The colour of `value`, taken to the nearer end where it lies outside 0 to 1.
pub(crate) fn inferno(value: f32) -> Rgb<u8> {
    let value = value.clamp(0.0, 1.0);
    let channel = |channel: usize| {
        let share = INFERNO
            .iter()
            .rev()
            .fold(0.0, |sum, coefficients| sum * value + coefficients[channel]);
        (share.clamp(0.0, 1.0) * 255.0).round() as u8
    };
    Rgb([channel(0), channel(1), channel(2)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table matplotlib 3.11 publishes, at 0, 1/4, 1/2, 3/4 and 1 (entries 0, 64, 128, 191, 255
    /// of 256).
    #[test]
    fn follows_the_published_table() {
        let published = [
            (0, [0, 0, 4]),
            (64, [87, 16, 110]),
            (128, [188, 55, 84]),
            (191, [249, 140, 10]),
            (255, [252, 255, 164]),
        ];
        for (entry, colour) in published {
            let got = inferno(f32::from(entry as u8) / 255.0).0;
            for channel in 0..3 {
                assert!(
                    got[channel].abs_diff(colour[channel]) <= 6,
                    "entry {entry}: {got:?} for {colour:?}"
                );
            }
        }
    }

    #[test]
    fn lightness_rises_with_the_value() {
        let lightness = |value: u8| {
            let [red, green, blue] = inferno(f32::from(value) / 255.0).0.map(f32::from);
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let steps: Vec<f32> = (0..=255).step_by(15).map(lightness).collect();
        assert!(steps.is_sorted(), "{steps:?}");
    }
}
