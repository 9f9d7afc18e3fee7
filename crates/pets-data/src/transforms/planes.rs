//! A picture's planes: all red values, then green, then blue.

/// Writes interleaved 8-bit RGB pixels as planes of values in 0..=255.
pub(crate) fn write_planes(pixels: &[[u8; 3]], planes: &mut [f32]) {
    for (channel, plane) in planes.chunks_exact_mut(pixels.len()).enumerate() {
        for (value, pixel) in plane.iter_mut().zip(pixels) {
            *value = f32::from(pixel[channel]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_hold_a_channel_each() {
        let mut planes = [0.0; 6];
        write_planes(&[[0, 127, 255], [255, 51, 102]], &mut planes);
        assert_eq!(planes.map(|value| value as u8), [0, 255, 127, 51, 255, 102]);
    }
}
