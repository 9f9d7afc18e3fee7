//! What shapes are filled with: flat colours and gradients.

use tiny_skia::{
    GradientStop, LinearGradient, Paint, Point, RadialGradient, Shader, SpreadMode, Transform,
};

use super::{Colour, Xy};

/// What a shape is filled with: a flat colour or a gradient, with opacity.
#[derive(Clone)]
pub(crate) struct Ink(Paint<'static>);

impl Ink {
    pub(crate) fn flat(colour: Colour) -> Self {
        Self::glaze(colour, 1.0)
    }

    /// A flat colour of the given opacity.
    pub(crate) fn glaze(colour: Colour, opacity: f32) -> Self {
        Self::of(Shader::SolidColor(colour.with_alpha(opacity)))
    }

    /// From `a`'s colour to `b`'s along the line between the two places.
    pub(crate) fn linear(a: (Xy, Colour), b: (Xy, Colour)) -> Self {
        Self::linear_fade((a.0, a.1, 1.0), (b.0, b.1, 1.0))
    }

    /// [`linear`](Self::linear) with an opacity at each end.
    pub(crate) fn linear_fade(a: (Xy, Colour, f32), b: (Xy, Colour, f32)) -> Self {
        let stops = vec![
            GradientStop::new(0.0, a.1.with_alpha(a.2)),
            GradientStop::new(1.0, b.1.with_alpha(b.2)),
        ];
        let shader = LinearGradient::new(
            Point::from(a.0),
            Point::from(b.0),
            stops,
            SpreadMode::Pad,
            Transform::identity(),
        );
        Self::of(shader.unwrap_or(Shader::SolidColor(b.1.with_alpha(b.2))))
    }

    /// From the colour at the `centre` to the one at `radius` and beyond.
    pub(crate) fn radial(centre: Xy, radius: f32, inner: Colour, outer: Colour) -> Self {
        Self::rings(centre, radius, &[(0.0, inner, 1.0), (1.0, outer, 1.0)])
    }

    /// A soft spot: `colour` with `opacity` at the centre, nothing left at `radius`.
    pub(crate) fn glow(centre: Xy, radius: f32, colour: Colour, opacity: f32) -> Self {
        let stops = [
            (0.0, colour, opacity),
            (0.5, colour, opacity * 0.55),
            (1.0, colour, 0.0),
        ];
        Self::rings(centre, radius, &stops)
    }

    /// A radial gradient of (share of the radius, colour, opacity).
    pub(crate) fn rings(centre: Xy, radius: f32, stops: &[(f32, Colour, f32)]) -> Self {
        let gradient = stops
            .iter()
            .map(|&(at, colour, opacity)| GradientStop::new(at, colour.with_alpha(opacity)))
            .collect();
        let centre = Point::from(centre);
        let shader = RadialGradient::new(
            centre,
            0.0,
            centre,
            radius.max(1e-3),
            gradient,
            SpreadMode::Pad,
            Transform::identity(),
        );
        let (_, colour, opacity) = stops[0];
        Self::of(shader.unwrap_or(Shader::SolidColor(colour.with_alpha(opacity))))
    }

    pub(super) fn into_paint(self) -> Paint<'static> {
        self.0
    }

    fn of(shader: Shader<'static>) -> Self {
        Self(Paint {
            shader,
            ..Paint::default()
        })
    }
}
