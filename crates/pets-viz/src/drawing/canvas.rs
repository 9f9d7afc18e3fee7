//! The drawing surface: shapes, text and images in pixels of the finished picture, drawn at twice
//! its size and reduced.

use image::{RgbImage, imageops};
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, PremultipliedColorU8,
    Stroke, StrokeDash, Transform,
};

use crate::drawing::font;
use crate::drawing::geometry::{Point, Rect};
use crate::drawing::palette::{Colour, Palette};
use crate::{Picture, Theme, VizError};

/// Device pixels per pixel of the finished picture, in each direction.
pub(crate) const SCALE: u32 = 2;

/// Font sizes in pixels per em.
pub(crate) mod size {
    pub(crate) const TITLE: f32 = 19.0;
    pub(crate) const AXIS: f32 = 14.0;
    pub(crate) const TICK: f32 = 12.5;
    pub(crate) const NOTE: f32 = 12.5;
    pub(crate) const LABEL: f32 = 11.5;
}

/// Where text stands relative to its point; vertically it is always centred on the height of a
/// capital letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Centre,
    Right,
}

/// A sheet to draw on.
pub(crate) struct Canvas {
    pixmap: Pixmap,
    palette: Palette,
}

impl Canvas {
    /// A blank sheet of `width` × `height` pixels.
    pub(crate) fn new(width: u32, height: u32, theme: Theme) -> Result<Self, VizError> {
        let too_large = || VizError::InvalidValue {
            name: "picture size",
            value: format!("{width} × {height}"),
            allowed: "a size that fits into memory; draw fewer rows at a time".into(),
        };
        let device = |side: u32| side.checked_mul(SCALE).ok_or_else(too_large);
        let mut pixmap = Pixmap::new(device(width)?, device(height)?).ok_or_else(too_large)?;
        let palette = theme.palette();
        pixmap.fill(paint_colour(palette.paper, 1.0));
        Ok(Self { pixmap, palette })
    }

    /// The colours of the sheet's theme.
    pub(crate) fn palette(&self) -> Palette {
        self.palette
    }

    /// Size in device pixels.
    pub(crate) fn device_size(&self) -> (u32, u32) {
        (self.pixmap.width(), self.pixmap.height())
    }

    pub(crate) fn fill_polygon(&mut self, corners: &[Point], colour: Colour, alpha: f32) {
        if let Some(path) = path_of(corners, true) {
            self.fill(&path, colour, alpha, Transform::identity());
        }
    }

    pub(crate) fn fill_rect(&mut self, rect: Rect, colour: Colour, alpha: f32) {
        self.fill_polygon(&corners_of(rect), colour, alpha);
    }

    pub(crate) fn fill_circle(&mut self, centre: Point, radius: f32, colour: Colour) {
        if let Some(path) = PathBuilder::from_circle(centre.0, centre.1, radius) {
            self.fill(&path, colour, 1.0, Transform::identity());
        }
    }

    /// A closed outline, `width` pixels wide.
    pub(crate) fn stroke_polygon(&mut self, corners: &[Point], colour: Colour, width: f32) {
        self.stroke(path_of(corners, true), colour, 1.0, width, None);
    }

    /// A frame whose line lies centred on the edge of `rect`.
    pub(crate) fn stroke_rect(&mut self, rect: Rect, colour: Colour, width: f32) {
        self.stroke_polygon(&corners_of(rect), colour, width);
    }

    pub(crate) fn line(&mut self, points: &[Point], colour: Colour, alpha: f32, width: f32) {
        self.stroke(path_of(points, false), colour, alpha, width, None);
    }

    pub(crate) fn dashed_line(&mut self, points: &[Point], colour: Colour, width: f32) {
        self.stroke(
            path_of(points, false),
            colour,
            1.0,
            width,
            StrokeDash::new(vec![6.0, 4.0], 0.0),
        );
    }

    pub(crate) fn text(&mut self, text: &str, at: Point, align: Align, size: f32, colour: Colour) {
        self.turned_text(text, at, align, size, colour, 0.0);
    }

    /// Text with a rim of paper around its letters, legible over anything.
    pub(crate) fn haloed_text(&mut self, text: &str, at: Point, size: f32, colour: Colour) {
        let Some((outline, place)) = placed_text(text, at, Align::Centre, size, 0.0) else {
            return;
        };
        let rim = Stroke {
            width: 3.5,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        let to_pixels = place.post_concat(to_device());
        self.pixmap.stroke_path(
            &outline,
            &paint(self.palette.paper, 0.85),
            &rim,
            to_pixels,
            None,
        );
        self.fill(&outline, colour, 1.0, place);
    }

    /// Text turned clockwise by `degrees` about `at`.
    pub(crate) fn turned_text(
        &mut self,
        text: &str,
        at: Point,
        align: Align,
        size: f32,
        colour: Colour,
        degrees: f32,
    ) {
        if let Some((outline, place)) = placed_text(text, at, align, size, degrees) {
            self.fill(&outline, colour, 1.0, place);
        }
    }

    /// Copies `image`, which is in device pixels, with its corner at device pixel (x, y); what
    /// sticks out is left off.
    pub(crate) fn paste(&mut self, image: &RgbImage, x: u32, y: u32) {
        let (width, height) = self.device_size();
        let columns = image.width().min(width.saturating_sub(x)) as usize;
        let pixels = self.pixmap.pixels_mut();
        for (source, row) in image.rows().zip(y..height) {
            let start = (row * width + x) as usize;
            for (target, pixel) in pixels[start..start + columns].iter_mut().zip(source) {
                let [red, green, blue] = pixel.0;
                *target = PremultipliedColorU8::from_rgba(red, green, blue, u8::MAX)
                    .expect("an opaque colour is its own premultiplied form");
            }
        }
    }

    /// The picture, reduced to its final size by averaging.
    pub(crate) fn finish(self) -> Picture {
        let (width, height) = self.device_size();
        let full = RgbImage::from_fn(width, height, |x, y| {
            let pixel = self.pixmap.pixels()[(y * width + x) as usize];
            image::Rgb([pixel.red(), pixel.green(), pixel.blue()])
        });
        Picture::new(imageops::thumbnail(&full, width / SCALE, height / SCALE))
    }

    fn fill(&mut self, path: &Path, colour: Colour, alpha: f32, place: Transform) {
        self.pixmap.fill_path(
            path,
            &paint(colour, alpha),
            FillRule::Winding,
            place.post_concat(to_device()),
            None,
        );
    }

    fn stroke(
        &mut self,
        path: Option<Path>,
        colour: Colour,
        alpha: f32,
        width: f32,
        dash: Option<StrokeDash>,
    ) {
        let Some(path) = path else { return };
        let stroke = Stroke {
            width,
            dash,
            line_cap: LineCap::Butt,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        self.pixmap
            .stroke_path(&path, &paint(colour, alpha), &stroke, to_device(), None);
    }
}

/// The outline of `text` and the way to its place; `None` where it has no ink.
fn placed_text(
    text: &str,
    at: Point,
    align: Align,
    size: f32,
    degrees: f32,
) -> Option<(Path, Transform)> {
    let outline = font::outline(text, size)?;
    let width = font::text_width(text, size);
    let start = match align {
        Align::Left => 0.0,
        Align::Centre => -width / 2.0,
        Align::Right => -width,
    };
    let place = Transform::from_translate(start, font::cap_height(size) / 2.0)
        .post_concat(Transform::from_rotate(degrees))
        .post_translate(at.0, at.1);
    Some((outline, place))
}

fn to_device() -> Transform {
    Transform::from_scale(SCALE as f32, SCALE as f32)
}

fn corners_of(rect: Rect) -> [Point; 4] {
    [
        (rect.x, rect.y),
        (rect.right(), rect.y),
        (rect.right(), rect.bottom()),
        (rect.x, rect.bottom()),
    ]
}

fn path_of(points: &[Point], closed: bool) -> Option<Path> {
    let (first, rest) = points.split_first()?;
    let mut path = PathBuilder::new();
    path.move_to(first.0, first.1);
    for point in rest {
        path.line_to(point.0, point.1);
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn paint_colour(Colour(red, green, blue): Colour, alpha: f32) -> Color {
    Color::from_rgba8(
        red,
        green,
        blue,
        (alpha.clamp(0.0, 1.0) * 255.0).round() as u8,
    )
}

fn paint(colour: Colour, alpha: f32) -> Paint<'static> {
    let mut paint = Paint {
        anti_alias: true,
        ..Paint::default()
    };
    paint.set_color(paint_colour(colour, alpha));
    paint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_land_where_they_were_asked_to() {
        let mut canvas = Canvas::new(40, 20, Theme::Light).expect("a small canvas fits");
        canvas.fill_rect(
            Rect::new(10.0, 5.0, 20.0, 10.0),
            canvas.palette().first,
            1.0,
        );
        let picture = canvas.finish();
        let image = picture.image();
        assert_eq!(image.dimensions(), (40, 20));
        let Colour(red, green, blue) = Theme::Light.palette().first;
        assert_eq!(image.get_pixel(10, 5).0, [red, green, blue]);
        assert_eq!(image.get_pixel(29, 14).0, [red, green, blue]);
        assert_eq!(image.get_pixel(9, 5).0, [255, 255, 255]);
        assert_eq!(image.get_pixel(30, 14).0, [255, 255, 255]);
    }

    #[test]
    fn text_is_centred_on_its_point() {
        let mut canvas = Canvas::new(100, 40, Theme::Light).expect("a small canvas fits");
        canvas.text(
            "HHH",
            (50.0, 20.0),
            Align::Centre,
            16.0,
            canvas.palette().ink,
        );
        let picture = canvas.finish();
        let inked: Vec<_> = picture
            .image()
            .enumerate_pixels()
            .filter(|(_, _, p)| p.0[0] < 128)
            .map(|(x, y, _)| (x, y))
            .collect();
        let middle = |values: Vec<u32>| {
            f64::from(values.iter().min().expect("ink") + values.iter().max().expect("ink") + 1)
                / 2.0
        };
        assert!((middle(inked.iter().map(|p| p.0).collect()) - 50.0).abs() <= 1.0);
        assert!((middle(inked.iter().map(|p| p.1).collect()) - 20.0).abs() <= 1.0);
    }

    #[test]
    fn a_pasted_image_is_cut_at_the_edge() {
        let mut canvas = Canvas::new(10, 10, Theme::Light).expect("a small canvas fits");
        canvas.paste(&RgbImage::from_pixel(8, 8, image::Rgb([200, 0, 0])), 16, 16);
        let picture = canvas.finish();
        assert_eq!(picture.image().get_pixel(9, 9).0, [200, 0, 0]);
        assert_eq!(picture.image().get_pixel(7, 7).0, [255, 255, 255]);
    }

    #[test]
    fn a_size_beyond_memory_is_an_error() {
        assert!(Canvas::new(u32::MAX, 10, Theme::Light).is_err());
    }
}
