//! What can be told from the pixels of a picture.

use pets_viz::{Figure, Picture};

pub(crate) const BLUE: [u8; 3] = [0, 114, 178];
pub(crate) const VERMILION: [u8; 3] = [213, 94, 0];
pub(crate) const GREEN: [u8; 3] = [0, 158, 115];

/// A figure that is quick to draw.
pub(crate) fn small() -> Figure {
    Figure::new(400, 320)
        .expect("an allowed size")
        .titled("Title")
}

/// Pixels of exactly this colour.
pub(crate) fn exact(picture: &Picture, colour: [u8; 3]) -> usize {
    let pixels = picture.image().pixels();
    pixels.filter(|pixel| pixel.0 == colour).count()
}

/// Pixels that are nearer to `colour` than to any other colour of a chart: edges are smoothed.
pub(crate) fn nearest(picture: &Picture, colour: [u8; 3]) -> usize {
    let neutral = [[255; 3], [224; 3], [105; 3], [38; 3]];
    let far = |pixel: [u8; 3], colour: [u8; 3]| -> u32 {
        (0..3)
            .map(|channel| u32::from(pixel[channel].abs_diff(colour[channel])).pow(2))
            .sum()
    };
    let others = || {
        neutral
            .into_iter()
            .chain([BLUE, VERMILION, GREEN])
            .filter(|c| *c != colour)
    };
    let nearest = |pixel: [u8; 3]| others().all(|other| far(pixel, colour) < far(pixel, other));
    let pixels = picture.image().pixels();
    pixels.filter(|pixel| nearest(pixel.0)).count()
}

/// Nothing may be cut off: the outermost pixels are blank.
pub(crate) fn assert_margin_is_blank(picture: &Picture) {
    let (width, height) = picture.image().dimensions();
    let paper = picture.image().get_pixel(0, 0);
    for (x, y, pixel) in picture.image().enumerate_pixels() {
        if x < 3 || y < 3 || x >= width - 3 || y >= height - 3 {
            assert_eq!(pixel, paper, "something reaches the edge at {x}, {y}");
        }
    }
}
