//! Rotation of a square picture about its centre.

/// Writes `source` turned counter-clockwise by `degrees`, both `side` × `side` pixels; corners that come from outside
/// are black. Bilinear, as Pillow's `rotate` samples: where a neighbour is outside, the edge pixel stands in.
pub(crate) fn rotate(source: &[[u8; 3]], target: &mut [[u8; 3]], side: usize, degrees: f32) {
    let (sine, cosine) = f64::from(degrees).to_radians().sin_cos();
    let centre = side as f64 / 2.0;
    let limit = (side as u32) << FRACTION_BITS;
    let (step_x, step_y) = (to_fixed(cosine), to_fixed(sine));
    for (y, row) in target.chunks_exact_mut(side).enumerate() {
        let (from_left, from_top) = (0.5 - centre, y as f64 + 0.5 - centre);
        let mut source_x = to_fixed(cosine * from_left - sine * from_top + centre);
        let mut source_y = to_fixed(sine * from_left + cosine * from_top + centre);
        for pixel in row {
            // A negative coordinate is a huge unsigned one.
            let inside = (source_x as u32) < limit && (source_y as u32) < limit;
            *pixel = if inside {
                sample(source, side, source_x, source_y)
            } else {
                [0; 3]
            };
            source_x += step_x;
            source_y += step_y;
        }
    }
}

/// Coordinates are fixed-point numbers with this many bits after the point: 1/65536 pixel. A side of 8192 leaves room
/// for the rotated corners in 32 bits.
const FRACTION_BITS: u32 = 16;
const HALF: i32 = 1 << (FRACTION_BITS - 1);

fn to_fixed(value: f64) -> i32 {
    (value * f64::from(1 << FRACTION_BITS)).round() as i32
}

/// The bilinear value at a point inside the picture; the centre of the first pixel is at ½, ½.
fn sample(source: &[[u8; 3]], side: usize, x: i32, y: i32) -> [u8; 3] {
    let (left, right, weight_x) = neighbours(x, side);
    let (above, below, weight_y) = neighbours(y, side);
    let (above, below) = (above * side, below * side);
    let upper = between(
        lanes(source[above + left]),
        lanes(source[above + right]),
        weight_x,
    );
    let lower = between(
        lanes(source[below + left]),
        lanes(source[below + right]),
        weight_x,
    );
    let [red, _, green, _, blue, ..] = between(upper, lower, weight_y).to_le_bytes();
    [red, green, blue]
}

/// The three channels in 16 bits each of one number, so that they are weighed together.
fn lanes([red, green, blue]: [u8; 3]) -> u64 {
    u64::from(red) | u64::from(green) << 16 | u64::from(blue) << 32
}

/// `first · (1 − weight / 256) + second · weight / 256` in each lane, rounded. The weighted sum is at most 255 · 256, so
/// with the rounding half it stays within its 16 bits.
fn between(first: u64, second: u64, weight: u64) -> u64 {
    const HALVES: u64 = 0x0080_0080_0080;
    const LOW_BYTES: u64 = 0x00FF_00FF_00FF;
    ((first * (256 - weight) + second * weight + HALVES) >> 8) & LOW_BYTES
}

/// The two pixels along an axis between whose centres a point lies, and the weight of the second in 1/256.
fn neighbours(position: i32, side: usize) -> (usize, usize, u64) {
    let from_centre = position - HALF;
    let first = from_centre >> FRACTION_BITS;
    let weight = (from_centre >> (FRACTION_BITS - 8)) as u64 & 0xFF;
    (
        first.max(0) as usize,
        ((first + 1) as usize).min(side - 1),
        weight,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradient(side: usize) -> Vec<[u8; 3]> {
        (0..side * side)
            .map(|i| {
                [
                    (i * 7 % 251) as u8,
                    (i * 13 % 241) as u8,
                    (i * 29 % 239) as u8,
                ]
            })
            .collect()
    }

    fn rotated(source: &[[u8; 3]], side: usize, degrees: f32) -> Vec<[u8; 3]> {
        let mut target = vec![[77; 3]; source.len()];
        rotate(source, &mut target, side, degrees);
        target
    }

    #[test]
    fn zero_degrees_is_the_same_picture() {
        for side in [1, 2, 7, 16] {
            let source = gradient(side);
            assert_eq!(rotated(&source, side, 0.0), source);
        }
    }

    #[test]
    fn ninety_degrees_is_a_quarter_turn_counter_clockwise() {
        let side = 5;
        let source = gradient(side);
        let target = rotated(&source, side, 90.0);
        for y in 0..side {
            for x in 0..side {
                assert_eq!(
                    target[y * side + x],
                    source[x * side + (side - 1 - y)],
                    "{x}, {y}"
                );
            }
        }
    }

    #[test]
    fn a_point_lands_where_the_rotation_takes_it() {
        // 30° counter-clockwise takes the point 20 right of the centre to (17.3 right, 10 up).
        let side = 61;
        let mut source = vec![[0; 3]; side * side];
        source[30 * side + 50] = [255; 3];
        let target = rotated(&source, side, 30.0);
        let brightest = (0..target.len()).max_by_key(|&i| target[i][0]).unwrap();
        assert_eq!((brightest % side, brightest / side), (47, 20));
    }

    #[test]
    fn a_constant_picture_stays_constant_inside_and_gets_black_corners() {
        let side = 32;
        let target = rotated(&vec![[200; 3]; side * side], side, 10.0);
        assert!(
            target
                .iter()
                .all(|&pixel| pixel == [200; 3] || pixel == [0; 3])
        );
        assert_eq!(target[0], [0; 3]);
        assert_eq!(target[16 * side + 16], [200; 3]);
        let black = target.iter().filter(|&&pixel| pixel == [0; 3]).count();
        assert!((20..200).contains(&black), "{black}");
    }
}
