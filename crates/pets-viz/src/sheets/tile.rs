//! Pictures in sheets: an image in a square, a frame, a caption.

use image::RgbImage;
use image::imageops::{self, FilterType};

use crate::drawing::canvas::{Align, Canvas, SCALE, size};
use crate::drawing::font;
use crate::drawing::geometry::{Point, Rect};
use crate::drawing::palette::Colour;
use crate::{VizError, check};

/// Height of a line of caption.
pub(crate) const CAPTION_HEIGHT: f32 = 18.0;

/// An image and what is written under it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// The image, of any size.
    pub image: RgbImage,
    /// A few words; what does not fit is shortened.
    pub caption: String,
}

/// Refuses an image without pixels.
pub(crate) fn check_image(image: &RgbImage) -> Result<(), VizError> {
    check::not_empty("image", image.as_raw())
}

/// Draws `image` as large as it fits, unstretched, into the square with its corner at `at`.
pub(crate) fn draw_image(canvas: &mut Canvas, image: &RgbImage, at: Point, side: f32) {
    canvas.fill_rect(
        Rect::new(at.0, at.1, side, side),
        canvas.palette().tile,
        1.0,
    );
    let device_side = side * SCALE as f32;
    let scale = device_side / image.width().max(image.height()) as f32;
    let fitted = |length: u32| ((length as f32 * scale).round() as u32).max(1);
    let (width, height) = (fitted(image.width()), fitted(image.height()));
    let resized = imageops::resize(image, width, height, FilterType::CatmullRom);
    let offset = |start: f32, length: u32| {
        (start * SCALE as f32 + (device_side - length as f32) / 2.0).round() as u32
    };
    canvas.paste(&resized, offset(at.0, width), offset(at.1, height));
}

/// A line of text centred under a tile, shortened to its width.
pub(crate) fn draw_caption(canvas: &mut Canvas, text: &str, at: Point, width: f32, colour: Colour) {
    let text = font::shorten(text, size::LABEL, width);
    canvas.text(
        &text,
        (at.0 + width / 2.0, at.1),
        Align::Centre,
        size::LABEL,
        colour,
    );
}

/// A heading over a column.
pub(crate) fn draw_heading(canvas: &mut Canvas, text: &str, at: Point, width: f32) {
    let text = font::shorten(text, size::AXIS, width);
    canvas.text(
        &text,
        (at.0 + width / 2.0, at.1),
        Align::Centre,
        size::AXIS,
        canvas.palette().ink,
    );
}
