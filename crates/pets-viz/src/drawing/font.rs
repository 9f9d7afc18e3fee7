//! The bundled font: outlines and widths of text, without any font of the system.

use std::borrow::Cow;
use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, OutlineCurve, ScaleFont};
use tiny_skia::{Path, PathBuilder};

const DEJAVU_SANS: &[u8] = include_bytes!("../../assets/fonts/DejaVuSans.ttf");

static FACE: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(DEJAVU_SANS).expect("the bundled font file is a valid TrueType font")
});

/// Height of a capital letter in units of the font size (from the font's OS/2 table: 1493 of 2048).
const CAP_HEIGHT: f32 = 0.729;

/// Height of a capital letter at `size` pixels per em; text is centred on it.
pub(crate) fn cap_height(size: f32) -> f32 {
    CAP_HEIGHT * size
}

/// Scale at which `ab_glyph` yields `size` pixels per em; its scale is the height from descent to
/// ascent.
fn scale_for(size: f32) -> f32 {
    let units_per_em = FACE.units_per_em().unwrap_or(2048.0);
    size * FACE.height_unscaled() / units_per_em
}

/// Width of `text` in pixels at `size` pixels per em, kerning included.
pub(crate) fn text_width(text: &str, size: f32) -> f32 {
    layout(text, size).1
}

/// Positions of the glyphs along the baseline, and the width of the whole.
fn layout(text: &str, size: f32) -> (Vec<(ab_glyph::GlyphId, f32)>, f32) {
    let font = FACE.as_scaled(scale_for(size));
    let mut glyphs = Vec::new();
    let mut x = 0.0;
    let mut previous = None;
    for character in text.chars() {
        let glyph = font.glyph_id(character);
        if let Some(previous) = previous {
            x += font.kern(previous, glyph);
        }
        glyphs.push((glyph, x));
        x += font.h_advance(glyph);
        previous = Some(glyph);
    }
    (glyphs, x)
}

/// Outline of `text` at `size` pixels per em, starting at the origin with the baseline on y = 0 and
/// y pointing down; `None` where there is no ink (spaces only).
pub(crate) fn outline(text: &str, size: f32) -> Option<Path> {
    let font = FACE.as_scaled(scale_for(size));
    let (across, up) = (font.h_scale_factor(), font.v_scale_factor());
    let mut path = PathBuilder::new();
    for (glyph, x) in layout(text, size).0 {
        let Some(outline) = FACE.outline(glyph) else {
            continue;
        };
        let place = |point: &ab_glyph::Point| (x + point.x * across, -point.y * up);
        let mut pen = None;
        for curve in &outline.curves {
            let (OutlineCurve::Line(start, end)
            | OutlineCurve::Quad(start, _, end)
            | OutlineCurve::Cubic(start, _, _, end)) = curve;
            let (start, end) = (place(start), place(end));
            if pen != Some(start) {
                path.move_to(start.0, start.1);
            }
            match curve {
                OutlineCurve::Line(..) => path.line_to(end.0, end.1),
                OutlineCurve::Quad(_, control, _) => {
                    let control = place(control);
                    path.quad_to(control.0, control.1, end.0, end.1);
                }
                OutlineCurve::Cubic(_, first, second, _) => {
                    let (first, second) = (place(first), place(second));
                    path.cubic_to(first.0, first.1, second.0, second.1, end.0, end.1);
                }
            }
            pen = Some(end);
        }
    }
    path.finish()
}

/// `text`, or as much of it as fits into `max_width` pixels with an ellipsis behind it.
pub(crate) fn shorten(text: &str, size: f32, max_width: f32) -> Cow<'_, str> {
    if text_width(text, size) <= max_width {
        return Cow::Borrowed(text);
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let shorter = format!("{}…", kept.iter().collect::<String>().trim_end());
        if text_width(&shorter, size) <= max_width {
            return Cow::Owned(shorter);
        }
    }
    Cow::Borrowed("…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_as_high_as_stated() {
        let bounds = outline("H", 100.0).expect("H has an outline").bounds();
        assert!(
            (bounds.height() - cap_height(100.0)).abs() < 0.2,
            "{bounds:?}"
        );
        assert!(
            bounds.bottom().abs() < 0.01,
            "a capital stands on the baseline: {bounds:?}"
        );
    }

    #[test]
    fn the_outline_fits_the_measured_width() {
        let text = "American Pit Bull Terrier";
        let bounds = outline(text, 14.0).expect("text has an outline").bounds();
        assert!(bounds.right() <= text_width(text, 14.0) + 0.5);
        assert!(bounds.right() >= text_width(text, 14.0) - 2.5);
        assert!(outline("  ", 14.0).is_none());
    }

    #[test]
    fn only_long_text_is_shortened_and_then_fits() {
        assert_eq!(shorten("Pug", 12.0, 100.0), "Pug");
        let short = shorten("German Shorthaired Pointer", 12.0, 90.0);
        assert!(
            short.ends_with('…') && short.starts_with("German"),
            "{short}"
        );
        assert!(text_width(&short, 12.0) <= 90.0);
        assert_eq!(shorten("Pug", 12.0, 1.0), "…");
    }

    #[test]
    fn the_font_has_the_letters_that_breed_names_and_axes_use() {
        for character in "ÄÖÜßéèñçøåšžłκλΔ×·±≤−–…%".chars() {
            assert_ne!(FACE.glyph_id(character).0, 0, "no glyph for {character}");
        }
    }
}
