//! Lets plotters draw its axes and series on our [`Canvas`]: smooth edges, and text in the bundled
//! font.

use std::convert::Infallible;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontTransform,
};

use crate::drawing::canvas::{Align, Canvas, SCALE};
use crate::drawing::font;
use crate::drawing::geometry::{Point, Rect};
use crate::drawing::palette::Colour;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Plotters' view of a canvas; its coordinates are device pixels.
pub(crate) struct ChartBackend<'a>(pub(crate) &'a mut Canvas);

fn point((x, y): BackendCoord) -> Point {
    let scale = SCALE as f32;
    (x as f32 / scale, y as f32 / scale)
}

fn colour(color: BackendColor) -> (Colour, f32) {
    let (red, green, blue) = color.rgb;
    (Colour(red, green, blue), color.alpha as f32)
}

impl DrawingBackend for ChartBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.0.device_size()
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Drawn {
        self.draw_rect(at, (at.0 + 1, at.1 + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (from, to) = (point(from), point(to));
        let rect = Rect::new(from.0, from.1, to.0 - from.0, to.1 - from.1);
        let (colour, alpha) = colour(style.color());
        if fill {
            self.0.fill_rect(rect, colour, alpha);
        } else {
            self.0.stroke_rect(rect, colour, stroke_width(style));
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points: Vec<Point> = path.into_iter().map(point).collect();
        let (colour, alpha) = colour(style.color());
        self.0.line(&points, colour, alpha, stroke_width(style));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        _fill: bool,
    ) -> Drawn {
        let (colour, _) = colour(style.color());
        self.0
            .fill_circle(point(centre), radius as f32 / SCALE as f32, colour);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let corners: Vec<Point> = path.into_iter().map(point).collect();
        let (colour, alpha) = colour(style.color());
        self.0.fill_polygon(&corners, colour, alpha);
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        let size = text_size(style);
        let anchor = style.anchor();
        let align = match anchor.h_pos {
            HPos::Left => Align::Left,
            HPos::Center => Align::Centre,
            HPos::Right => Align::Right,
        };
        let down = match anchor.v_pos {
            VPos::Top => font::cap_height(size) / 2.0,
            VPos::Center => 0.0,
            VPos::Bottom => -font::cap_height(size) / 2.0,
        };
        let (degrees, (dx, dy)) = match style.transform() {
            FontTransform::None => (0.0, (0.0, down)),
            FontTransform::Rotate90 => (90.0, (-down, 0.0)),
            FontTransform::Rotate180 => (180.0, (0.0, -down)),
            FontTransform::Rotate270 => (270.0, (down, 0.0)),
        };
        let (x, y) = point(at);
        self.0.turned_text(
            text,
            (x + dx, y + dy),
            align,
            size,
            colour(style.color()).0,
            degrees,
        );
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let scale = SCALE as f32;
        let size = text_size(style);
        Ok((
            (font::text_width(text, size) * scale).ceil() as u32,
            (size * scale).ceil() as u32,
        ))
    }
}

fn stroke_width<S: BackendStyle>(style: &S) -> f32 {
    style.stroke_width() as f32 / SCALE as f32
}

fn text_size<S: BackendTextStyle>(style: &S) -> f32 {
    style.size() as f32 / SCALE as f32
}
