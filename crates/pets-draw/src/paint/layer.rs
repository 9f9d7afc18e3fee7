//! A sheet to paint on, with a view of its own coordinates.

use tiny_skia::{BlendMode, FillRule, LineCap, LineJoin, Pixmap, Stroke, Transform};

use super::{Colour, Ink, Outline, Xy};

/// A square transparent sheet with a view: shapes are given in the view's coordinates.
pub(crate) struct Layer {
    pixmap: Pixmap,
    view: Transform,
}

impl Layer {
    /// An empty layer of `size` × `size` pixels whose view is in pixels.
    pub(crate) fn new(size: u32) -> Self {
        Self {
            pixmap: Pixmap::new(size, size).expect("DrawConfig bounds the size to 32..=2048"),
            view: Transform::identity(),
        }
    }

    pub(crate) fn with_view(size: u32, view: Transform) -> Self {
        let mut layer = Self::new(size);
        layer.view = view;
        layer
    }

    pub(crate) fn set_view(&mut self, view: Transform) {
        self.view = view;
    }

    pub(crate) fn size(&self) -> u32 {
        self.pixmap.width()
    }

    /// Where a place of the view lies in pixels.
    pub(crate) fn to_pixels(&self, place: Xy) -> Xy {
        let mut point = place.into();
        self.view.map_point(&mut point);
        (point.x, point.y)
    }

    /// Paints the inside of the outline.
    pub(crate) fn fill(&mut self, outline: &Outline, ink: Ink) {
        self.blend(outline, ink, BlendMode::SourceOver);
    }

    /// Paints the inside of the outline where the layer is already painted.
    pub(crate) fn tint(&mut self, outline: &Outline, ink: Ink) {
        self.blend(outline, ink, BlendMode::SourceAtop);
    }

    /// Draws along the outline.
    pub(crate) fn stroke(&mut self, outline: &Outline, width: f32, ink: Ink) {
        self.line(outline, width, ink, BlendMode::SourceOver);
    }

    /// Draws along the outline where the layer is already painted.
    pub(crate) fn tint_stroke(&mut self, outline: &Outline, width: f32, ink: Ink) {
        self.line(outline, width, ink, BlendMode::SourceAtop);
    }

    /// Fills the whole layer.
    pub(crate) fn flood(&mut self, colour: Colour) {
        self.pixmap.fill(colour.with_alpha(1.0));
    }

    /// Puts another layer of the same size on top.
    pub(crate) fn put(&mut self, other: &Layer) {
        let pixels = self.pixmap.data_mut().chunks_exact_mut(4);
        for (below, above) in pixels.zip(other.pixmap.data().chunks_exact(4)) {
            match 255 - u32::from(above[3]) {
                255 => {}
                0 => below.copy_from_slice(above),
                clear => {
                    for (below, above) in below.iter_mut().zip(above) {
                        let rest = (u32::from(*below) * clear + 127) / 255;
                        *below = above.saturating_add(rest as u8);
                    }
                }
            }
        }
    }

    /// The opacity of each pixel, row by row.
    pub(crate) fn alpha(&self) -> Vec<u8> {
        self.pixmap.pixels().iter().map(|p| p.alpha()).collect()
    }

    /// The colours of each pixel, row by row, as red, green, blue, opacity (premultiplied).
    pub(crate) fn bytes(&self) -> &[u8] {
        self.pixmap.data()
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        self.pixmap.data_mut()
    }

    fn blend(&mut self, outline: &Outline, ink: Ink, blend_mode: BlendMode) {
        if let Some(path) = outline.path() {
            let mut paint = ink.into_paint();
            paint.blend_mode = blend_mode;
            self.pixmap
                .fill_path(path, &paint, FillRule::Winding, self.view, None);
        }
    }

    fn line(&mut self, outline: &Outline, width: f32, ink: Ink, blend_mode: BlendMode) {
        if let Some(path) = outline.path() {
            let mut paint = ink.into_paint();
            paint.blend_mode = blend_mode;
            let stroke = Stroke {
                width,
                line_cap: LineCap::Round,
                line_join: LineJoin::Round,
                ..Stroke::default()
            };
            self.pixmap
                .stroke_path(path, &paint, &stroke, self.view, None);
        }
    }
}
