//! Attention maps over images (Grad-CAM; Selvaraju et al., 2017).

use image::{Rgb, RgbImage};

use crate::drawing::canvas::{Align, Canvas, SCALE, size};
use crate::drawing::chart::{MARGIN, TITLE_HEIGHT, draw_title};
use crate::drawing::colormap::inferno;
use crate::drawing::geometry::{Point, Rect};
use crate::sheets::tile::{CAPTION_HEIGHT, check_image, draw_caption, draw_heading, draw_image};
use crate::{Picture, Theme, VizError, check};

const SIDE: f32 = 200.0;
const GAP: f32 = 14.0;
const HEADING_HEIGHT: f32 = 28.0;
const ROW_HEIGHT: f32 = SIDE + CAPTION_HEIGHT + 14.0;
const BAR_WIDTH: f32 = 16.0;
/// Width of the colour bar with its numbers.
const SCALE_WIDTH: f32 = 62.0;
/// How far the colours of the map cover the image in the sheet.
const OPACITY: f32 = 0.55;

/// How much each part of an image matters, from 0 to 1, on a coarse grid.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    values: Vec<f32>,
    height: usize,
    width: usize,
}

impl HeatMap {
    /// A map of `height` × `width` values, row by row.
    ///
    /// # Errors
    /// [`VizError::Empty`], [`VizError::LengthMismatch`], [`VizError::NotFinite`] and
    /// [`VizError::InvalidValue`] where there are no values, not `height` × `width` of them, or
    /// some outside 0 to 1.
    pub fn new(values: Vec<f32>, height: usize, width: usize) -> Result<Self, VizError> {
        check::not_empty("heat map", &values)?;
        check::same_length(
            "heat map (height × width)",
            height.saturating_mul(width),
            values.len(),
        )?;
        check::shares("heat map", values.iter().map(|value| f64::from(*value)))?;
        Ok(Self {
            values,
            height,
            width,
        })
    }

    /// The value at (`x`, `y`), both from 0 to 1 across the image: bilinear between the centres of
    /// the cells, constant beyond the outermost ones.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let cell = |position: f32, cells: usize| {
            let exact = (position * cells as f32 - 0.5).clamp(0.0, (cells - 1) as f32);
            let low = exact.floor() as usize;
            (low, (low + 1).min(cells - 1), exact - low as f32)
        };
        let (left, right, across) = cell(x, self.width);
        let (upper, lower, down) = cell(y, self.height);
        let row = |row: usize| {
            let value = |column: usize| self.values[row * self.width + column];
            value(left) * (1.0 - across) + value(right) * across
        };
        row(upper) * (1.0 - down) + row(lower) * down
    }

    /// The map at `width` × `height` pixels, in colour.
    fn coloured(&self, width: u32, height: u32) -> RgbImage {
        let centre = |pixel: u32, pixels: u32| (pixel as f32 + 0.5) / pixels as f32;
        RgbImage::from_fn(width, height, |x, y| {
            inferno(self.at(centre(x, width), centre(y, height)))
        })
    }
}

/// The image with the map laid over it in the colours of inferno, `opacity` of the result: 0 leaves
/// the image, 1 hides it. The map is enlarged bilinearly.
///
/// # Errors
/// [`VizError::Empty`] for an image without pixels, [`VizError::InvalidValue`] or
/// [`VizError::NotFinite`] for an opacity outside 0 to 1.
pub fn heatmap_overlay(
    image: &RgbImage,
    map: &HeatMap,
    opacity: f32,
) -> Result<RgbImage, VizError> {
    check_image(image)?;
    check::shares("opacity", [f64::from(opacity)])?;
    let mut overlay = map.coloured(image.width(), image.height());
    for (over, under) in overlay.pixels_mut().zip(image.pixels()) {
        let mix = |channel: usize| {
            let (over, under) = (f32::from(over.0[channel]), f32::from(under.0[channel]));
            (over * opacity + under * (1.0 - opacity)).round() as u8
        };
        *over = Rgb([mix(0), mix(1), mix(2)]);
    }
    Ok(overlay)
}

/// An image and where the model looked.
#[derive(Debug, Clone, PartialEq)]
pub struct CamRow {
    /// The image, of any size.
    pub image: RgbImage,
    /// The map over it.
    pub map: HeatMap,
    /// A few words; what does not fit is shortened.
    pub caption: String,
}

/// A sheet with a row for each image: the image, the map, the map over the image; and the scale of
/// the colours.
///
/// ```
/// use image::RgbImage;
/// use pets_viz::{CamRow, HeatMap, Theme, gradcam_sheet};
///
/// let map = HeatMap::new(vec![0.0, 0.2, 0.4, 1.0], 2, 2)?;
/// let row = CamRow { image: RgbImage::new(64, 64), map, caption: "pug".into() };
/// gradcam_sheet(Some("Grad-CAM"), Theme::Light, &[row])?;
/// # Ok::<(), pets_viz::VizError>(())
/// ```
///
/// # Errors
/// [`VizError::Empty`] without rows or for an image without pixels, [`VizError::InvalidValue`]
/// where the sheet would be too large to draw.
pub fn gradcam_sheet(
    title: Option<&str>,
    theme: Theme,
    rows: &[CamRow],
) -> Result<Picture, VizError> {
    check::not_empty("Grad-CAM rows", rows)?;
    let width = (MARGIN + 3.0 * (SIDE + GAP) + SCALE_WIDTH + MARGIN).ceil() as u32;
    let top = title.map_or(0.0, |_| TITLE_HEIGHT) + MARGIN;
    let height =
        (top + HEADING_HEIGHT + rows.len() as f32 * ROW_HEIGHT + MARGIN - 8.0).ceil() as u32;
    let mut canvas = Canvas::new(width, height, theme)?;
    let palette = canvas.palette();
    draw_title(&mut canvas, title, width);
    for (column, heading) in ["image", "attention", "overlay"].into_iter().enumerate() {
        draw_heading(
            &mut canvas,
            heading,
            (column_x(column), top + HEADING_HEIGHT / 2.0 - 4.0),
            SIDE,
        );
    }
    for (index, row) in rows.iter().enumerate() {
        let y = top + HEADING_HEIGHT + index as f32 * ROW_HEIGHT;
        let panels = [
            &row.image,
            &row.map.coloured(row.image.width(), row.image.height()),
            &heatmap_overlay(&row.image, &row.map, OPACITY)?,
        ];
        for (column, panel) in panels.into_iter().enumerate() {
            draw_image(&mut canvas, panel, (column_x(column), y), SIDE);
        }
        let line = (MARGIN, y + SIDE + CAPTION_HEIGHT / 2.0 + 3.0);
        draw_caption(
            &mut canvas,
            &row.caption,
            line,
            3.0 * SIDE + 2.0 * GAP,
            palette.ink,
        );
        draw_scale(&mut canvas, (column_x(3), y));
    }
    Ok(canvas.finish())
}

fn column_x(column: usize) -> f32 {
    MARGIN + column as f32 * (SIDE + GAP)
}

/// The colour bar, with 1 at the top.
fn draw_scale(canvas: &mut Canvas, (x, y): Point) {
    let palette = canvas.palette();
    let (width, height) = (
        (BAR_WIDTH * SCALE as f32) as u32,
        (SIDE * SCALE as f32) as u32,
    );
    let bar = RgbImage::from_fn(width, height, |_, row| {
        inferno(1.0 - row as f32 / (height - 1) as f32)
    });
    canvas.paste(&bar, (x * SCALE as f32) as u32, (y * SCALE as f32) as u32);
    canvas.stroke_rect(Rect::new(x, y, BAR_WIDTH, SIDE), palette.muted, 1.0);
    for (value, inset) in [(1.0f32, 5.0f32), (0.5, 0.0), (0.0, -5.0)] {
        let at = (x + BAR_WIDTH + 6.0, y + SIDE * (1.0 - value) + inset);
        canvas.text(
            &value.to_string(),
            at,
            Align::Left,
            size::LABEL,
            palette.ink,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enlarging_goes_through_the_cells_and_stays_within_them() {
        let map = HeatMap::new(vec![0.0, 1.0, 0.5, 0.25], 2, 2).expect("valid map");
        let single = HeatMap::new(vec![0.7], 1, 1).expect("valid map");
        for (value, expected) in [
            (map.at(0.25, 0.25), 0.0),
            (map.at(0.75, 0.25), 1.0),
            (map.at(0.5, 0.25), 0.5),
            (map.at(0.5, 0.5), 0.4375),
            (map.at(0.0, 1.0), 0.5),
            (single.at(0.9, 0.1), 0.7),
        ] {
            assert!((value - expected).abs() < 1e-6, "{value} for {expected}");
        }
    }

    #[test]
    fn opacity_runs_from_the_image_to_the_map() {
        let image = RgbImage::from_pixel(4, 4, Rgb([10, 200, 30]));
        let map = HeatMap::new(vec![1.0], 1, 1).expect("valid map");
        let overlay = |opacity| {
            heatmap_overlay(&image, &map, opacity)
                .expect("valid input")
                .get_pixel(2, 2)
                .0
        };
        assert_eq!(overlay(0.0), [10, 200, 30]);
        assert_eq!(overlay(1.0), inferno(1.0).0);
        assert!(heatmap_overlay(&image, &map, 1.5).is_err());
    }

    #[test]
    fn maps_that_are_not_maps_are_refused() {
        assert!(matches!(
            HeatMap::new(vec![], 0, 0),
            Err(VizError::Empty { .. })
        ));
        assert!(matches!(
            HeatMap::new(vec![0.0; 5], 2, 3),
            Err(VizError::LengthMismatch { .. })
        ));
        assert!(matches!(
            HeatMap::new(vec![0.0, 1.1], 1, 2),
            Err(VizError::InvalidValue { .. })
        ));
        assert!(matches!(
            HeatMap::new(vec![0.0, f32::NAN], 1, 2),
            Err(VizError::NotFinite { index: 1, .. })
        ));
    }
}
