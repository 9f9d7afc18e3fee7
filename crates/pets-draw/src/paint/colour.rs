//! Opaque sRGB colours, mixed and compared.

use tiny_skia::Color;

/// An opaque sRGB colour, each channel in 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Colour {
    pub(crate) r: f32,
    pub(crate) g: f32,
    pub(crate) b: f32,
}

impl Colour {
    pub(crate) const WHITE: Self = Self::hex(0x00ff_ffff);
    /// The colour of soft shadows: a deep violet looks softer than black.
    pub(crate) const SHADOW: Self = Self::hex(0x0021_1830);

    /// A colour written as `0xRRGGBB`.
    pub(crate) const fn hex(rgb: u32) -> Self {
        Self {
            r: ((rgb >> 16) & 0xff) as f32 / 255.0,
            g: ((rgb >> 8) & 0xff) as f32 / 255.0,
            b: (rgb & 0xff) as f32 / 255.0,
        }
    }

    /// `self` at `share` = 0, `other` at 1.
    pub(crate) fn mix(self, other: Self, share: f32) -> Self {
        let blend = |a: f32, b: f32| (a + (b - a) * share).clamp(0.0, 1.0);
        Self {
            r: blend(self.r, other.r),
            g: blend(self.g, other.g),
            b: blend(self.b, other.b),
        }
    }

    /// Towards white for a positive `amount`, towards the shadow colour for a negative one.
    pub(crate) fn lighter(self, amount: f32) -> Self {
        if amount >= 0.0 {
            self.mix(Self::WHITE, amount)
        } else {
            self.mix(Self::SHADOW, -amount)
        }
    }

    /// Perceived lightness in 0..=1 (Rec. 601 luma).
    pub(crate) fn luma(self) -> f32 {
        0.299 * self.r + 0.587 * self.g + 0.114 * self.b
    }

    /// Euclidean distance in RGB, 0..=√3.
    pub(crate) fn distance(self, other: Self) -> f32 {
        let (r, g, b) = (self.r - other.r, self.g - other.g, self.b - other.b);
        (r * r + g * g + b * b).sqrt()
    }

    pub(crate) fn with_alpha(self, alpha: f32) -> Color {
        Color::from_rgba(
            self.r.clamp(0.0, 1.0),
            self.g.clamp(0.0, 1.0),
            self.b.clamp(0.0, 1.0),
            alpha.clamp(0.0, 1.0),
        )
        .expect("every channel was clamped to 0..=1")
    }

    pub(crate) fn to_bytes(self) -> [u8; 3] {
        [self.r, self.g, self.b].map(|v| (v.clamp(0.0, 1.0) * 255.0).round() as u8)
    }
}
