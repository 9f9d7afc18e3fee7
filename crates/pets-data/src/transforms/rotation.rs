//! Rotation of a square picture about its centre.

use pulp::{Arch, Simd, WithSimd};

/// Turns square pictures; keeps the memory that it works in.
#[derive(Debug, Default)]
pub(crate) struct Rotator {
    /// The picture in [`lanes`] with its edge pixels repeated around it, so that each point has four neighbours.
    bordered: Vec<u64>,
    /// A row of the turned picture.
    row: Vec<u64>,
}

impl Rotator {
    /// Writes `source`, `side` × `side` pixels, turned counter-clockwise by `degrees`, as planes of whole values in
    /// 0..=255; corners that come from outside are black. Bilinear, as Pillow's `rotate` samples: where a neighbour is
    /// outside, the edge pixel stands in.
    pub(crate) fn rotate(
        &mut self,
        source: &[[u8; 3]],
        planes: &mut [f32],
        side: usize,
        degrees: f32,
    ) {
        self.border(source, side);
        self.row.resize(side, 0);
        let (sine, cosine) = f64::from(degrees).to_radians().sin_cos();
        let centre = side as f64 / 2.0;
        let limit = (side as u32) << FRACTION_BITS;
        let (step_x, step_y) = (to_fixed(cosine), to_fixed(sine));
        for y in 0..side {
            let (from_left, from_top) = (0.5 - centre, y as f64 + 0.5 - centre);
            let mut source_x = to_fixed(cosine * from_left - sine * from_top + centre);
            let mut source_y = to_fixed(sine * from_left + cosine * from_top + centre);
            for pixel in &mut self.row {
                // A negative coordinate is a huge unsigned one.
                let inside = (source_x as u32) < limit && (source_y as u32) < limit;
                *pixel = if inside {
                    sample(&self.bordered, side + 2, source_x as u32, source_y as u32)
                } else {
                    0
                };
                source_x += step_x;
                source_y += step_y;
            }
            Arch::new().dispatch(WriteRow {
                row: &self.row,
                y,
                planes,
            });
        }
    }

    fn border(&mut self, source: &[[u8; 3]], side: usize) {
        let stride = side + 2;
        self.bordered.resize(stride * stride, 0);
        for (bordered, row) in self.bordered[stride..]
            .chunks_exact_mut(stride)
            .zip(source.chunks_exact(side))
        {
            for (lane, &pixel) in bordered[1..].iter_mut().zip(row) {
                *lane = lanes(pixel);
            }
            bordered[0] = bordered[1];
            bordered[side + 1] = bordered[side];
        }
        let last = stride * side;
        self.bordered.copy_within(stride..2 * stride, 0);
        self.bordered
            .copy_within(last..last + stride, last + stride);
    }
}

/// The bilinear value, in [`lanes`], at a point inside the picture; the centre of the first pixel is at ½, ½.
#[inline]
fn sample(bordered: &[u64], stride: usize, x: u32, y: u32) -> u64 {
    let (left, weight_x) = neighbour(x);
    let (above, weight_y) = neighbour(y);
    let corners = &bordered[above * stride + left..][..stride + 2];
    between(
        between(corners[0], corners[1], weight_x),
        between(corners[stride], corners[stride + 1], weight_x),
        weight_y,
    )
}

/// Writes a row of pixels in [`lanes`] into square planes.
struct WriteRow<'a> {
    row: &'a [u64],
    y: usize,
    planes: &'a mut [f32],
}

impl WithSimd for WriteRow<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let side = self.row.len();
        for (channel, plane) in self.planes.chunks_exact_mut(side * side).enumerate() {
            let values = &mut plane[self.y * side..][..side];
            for (value, &lanes) in values.iter_mut().zip(self.row) {
                *value = f32::from((lanes >> (16 * channel)) as u8);
            }
        }
    }
}

/// Coordinates are fixed-point numbers with this many bits after the point: 1/65536 pixel. A side of 8192 leaves room
/// for the rotated corners in 32 bits.
const FRACTION_BITS: u32 = 16;
const HALF: u32 = 1 << (FRACTION_BITS - 1);

fn to_fixed(value: f64) -> i32 {
    (value * f64::from(1 << FRACTION_BITS)).round() as i32
}

/// The three channels in 16 bits each of one number, so that they are weighed together.
fn lanes([red, green, blue]: [u8; 3]) -> u64 {
    u64::from(red) | u64::from(green) << 16 | u64::from(blue) << 32
}

/// `first · (1 − weight / 256) + second · weight / 256` in each lane, rounded. The weighted sum is at most 255 · 256, so
/// with the rounding half it stays within its 16 bits; what the difference borrows from the next lane, the sum returns.
fn between(first: u64, second: u64, weight: u64) -> u64 {
    const HALVES: u64 = 0x0080_0080_0080;
    const LOW_BYTES: u64 = 0x00FF_00FF_00FF;
    let change = second.wrapping_sub(first).wrapping_mul(weight);
    (((first << 8).wrapping_add(change) + HALVES) >> 8) & LOW_BYTES
}

/// The first of the two pixels along an axis between whose centres a point lies, counted with the border, and the
/// weight of the second in 1/256.
fn neighbour(position: u32) -> (usize, u64) {
    let from_centre_of_border = position + HALF;
    (
        (from_centre_of_border >> FRACTION_BITS) as usize,
        u64::from(from_centre_of_border >> (FRACTION_BITS - 8)) & 0xFF,
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
        let mut planes = vec![77.0; 3 * source.len()];
        Rotator::default().rotate(source, &mut planes, side, degrees);
        let value = |channel, pixel| planes[channel * source.len() + pixel] as u8;
        (0..source.len())
            .map(|pixel| [0, 1, 2].map(|channel| value(channel, pixel)))
            .collect()
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

    #[test]
    fn a_pixel_is_the_mean_of_its_neighbours_by_distance() {
        let side = 24;
        let source: Vec<[u8; 3]> = gradient(side);
        for degrees in [-170.0, -33.3, -1.0, 4.0, 60.0] {
            let target = rotated(&source, side, degrees);
            for (place, pixel) in target.iter().enumerate() {
                let Some(expected) = turned_back(&source, side, place, degrees) else {
                    continue;
                };
                for (value, wanted) in pixel.iter().zip(expected) {
                    // Weights are cut to 1/256, and two of the three means rounded before the last.
                    assert!(
                        (f64::from(*value) - wanted).abs() < 3.0,
                        "{degrees}, {place}"
                    );
                }
            }
        }
    }

    /// The bilinear value at the point that the rotation takes to the centre of a pixel, if it is well inside.
    fn turned_back(
        source: &[[u8; 3]],
        side: usize,
        place: usize,
        degrees: f32,
    ) -> Option<[f64; 3]> {
        let (sine, cosine) = f64::from(degrees).to_radians().sin_cos();
        let centre = (side as f64 - 1.0) / 2.0;
        let (right, down) = (
            (place % side) as f64 - centre,
            (place / side) as f64 - centre,
        );
        let x = cosine * right - sine * down + centre;
        let y = sine * right + cosine * down + centre;
        let inside = 0.0..side as f64 - 1.0;
        (inside.contains(&x) && inside.contains(&y)).then(|| {
            let at = y as usize * side + x as usize;
            let (from_left, from_top) = (x.fract(), y.fract());
            [0, 1, 2].map(|channel| {
                let value = |offset: usize| f64::from(source[at + offset][channel]);
                (1.0 - from_top) * ((1.0 - from_left) * value(0) + from_left * value(1))
                    + from_top * ((1.0 - from_left) * value(side) + from_left * value(side + 1))
            })
        })
    }
}
