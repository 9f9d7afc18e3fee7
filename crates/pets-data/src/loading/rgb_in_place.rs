//! Pixels of any colour type made 8-bit RGB where they lie.

use image::ColorType;

/// Bytes for each pixel that [`to_rgb_in_place`] needs.
pub(crate) fn bytes_per_pixel(color: ColorType) -> usize {
    usize::from(color.bytes_per_pixel()).max(3)
}

/// Makes 8-bit RGB of `pixels` pixels at the beginning of a buffer of [`bytes_per_pixel`] bytes for each; grey is
/// repeated, alpha dropped, 16 bits are rounded to 8. `None` for a colour type that no file has.
pub(crate) fn to_rgb_in_place(
    mut buffer: Vec<u8>,
    color: ColorType,
    pixels: usize,
) -> Option<Vec<u8>> {
    match color {
        ColorType::Rgb8 => (),
        ColorType::L8 => repack(&mut buffer, pixels, |[grey]: [u8; 1]| [grey; 3]),
        ColorType::La8 => repack(&mut buffer, pixels, |[grey, _]: [u8; 2]| [grey; 3]),
        ColorType::Rgba8 => repack(&mut buffer, pixels, |[r, g, b, _]: [u8; 4]| [r, g, b]),
        ColorType::L16 => repack(&mut buffer, pixels, |grey: [u8; 2]| [high_byte(grey); 3]),
        ColorType::La16 => repack(&mut buffer, pixels, |[a, b, ..]: [u8; 4]| {
            [high_byte([a, b]); 3]
        }),
        ColorType::Rgb16 => repack(&mut buffer, pixels, |[a, b, c, d, e, f]: [u8; 6]| {
            [[a, b], [c, d], [e, f]].map(high_byte)
        }),
        ColorType::Rgba16 => repack(&mut buffer, pixels, |[a, b, c, d, e, f, ..]: [u8; 8]| {
            [[a, b], [c, d], [e, f]].map(high_byte)
        }),
        _ => return None,
    }
    buffer.truncate(3 * pixels);
    buffer.shrink_to_fit();
    Some(buffer)
}

/// Puts 3 bytes in the place of each `N`: forwards where pixels become smaller, else backwards, so that none is
/// overwritten before it is read.
fn repack<const N: usize>(buffer: &mut [u8], pixels: usize, rgb: impl Fn([u8; N]) -> [u8; 3]) {
    let mut move_pixel = |index: usize| {
        let mut pixel = [0; N];
        pixel.copy_from_slice(&buffer[N * index..N * index + N]);
        buffer[3 * index..3 * index + 3].copy_from_slice(&rgb(pixel));
    };
    if N > 3 {
        (0..pixels).for_each(&mut move_pixel);
    } else {
        (0..pixels).rev().for_each(&mut move_pixel);
    }
}

/// 0..=65535 as 0..=255, rounded.
fn high_byte(value: [u8; 2]) -> u8 {
    ((u32::from(u16::from_ne_bytes(value)) + 128) / 257) as u8
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageBuffer, Luma, LumaA, Rgb, Rgba};

    use super::*;

    #[test]
    fn every_colour_type_becomes_what_the_image_crate_makes_of_it() {
        let value =
            |x: u32, y: u32, channel: u32| (x * 9_973 + y * 4_001 + channel * 21_001) as u16;
        let low = |x, y, channel| (value(x, y, channel) >> 8) as u8;
        let images: [DynamicImage; 8] = [
            ImageBuffer::from_fn(7, 5, |x, y| Luma([low(x, y, 0)])).into(),
            ImageBuffer::from_fn(7, 5, |x, y| LumaA([0, 1].map(|c| low(x, y, c)))).into(),
            ImageBuffer::from_fn(7, 5, |x, y| Rgb([0, 1, 2].map(|c| low(x, y, c)))).into(),
            ImageBuffer::from_fn(7, 5, |x, y| Rgba([0, 1, 2, 3].map(|c| low(x, y, c)))).into(),
            ImageBuffer::from_fn(7, 5, |x, y| Luma([value(x, y, 0)])).into(),
            ImageBuffer::from_fn(7, 5, |x, y| LumaA([0, 1].map(|c| value(x, y, c)))).into(),
            ImageBuffer::from_fn(7, 5, |x, y| Rgb([0, 1, 2].map(|c| value(x, y, c)))).into(),
            ImageBuffer::from_fn(7, 5, |x, y| Rgba([0, 1, 2, 3].map(|c| value(x, y, c)))).into(),
        ];
        for image in images {
            let color = image.color();
            let mut buffer = image.as_bytes().to_vec();
            buffer.resize(35 * bytes_per_pixel(color), 0);
            let rgb = to_rgb_in_place(buffer, color, 35).unwrap();
            assert_eq!(rgb, image.into_rgb8().into_raw(), "{color:?}");
        }
    }

    #[test]
    fn all_16_bit_values_are_rounded_alike() {
        let image = ImageBuffer::from_fn(256, 256, |x, y| Luma([(y * 256 + x) as u16]));
        let mut buffer = DynamicImage::from(image.clone()).as_bytes().to_vec();
        buffer.resize(3 << 16, 0);
        let rgb = to_rgb_in_place(buffer, ColorType::L16, 1 << 16).unwrap();
        assert_eq!(rgb, DynamicImage::from(image).into_rgb8().into_raw());
    }
}
