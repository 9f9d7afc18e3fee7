//! Tufts along outlines and hairs over areas.

use crate::dice::Dice;
use crate::paint::{Blade, Colour, Ink, Layer, Outline, Xy, along};

/// Tufts along a closed smooth outline, pointing away from `centre` and a little down.
pub(super) fn fringe(
    dice: &mut Dice,
    outline: &[Xy],
    centre: Xy,
    length: impl Fn(Xy) -> f32,
) -> Outline {
    let blades: Vec<Blade> = along(outline, 7)
        .into_iter()
        .map(|edge| {
            let (dx, dy) = (edge.0 - centre.0, edge.1 - centre.1);
            let far = (dx * dx + dy * dy).sqrt().max(1e-3);
            let (ux, uy) = (dx / far, dy / far);
            let reach = length(edge) * dice.between((0.45, 1.0));
            let sway = dice.around(0.5);
            let tip = (
                edge.0 + (ux - uy * sway) * reach,
                edge.1 + (uy + ux * sway + 0.55) * reach,
            );
            let root = (edge.0 - ux * 0.07, edge.1 - uy * 0.07);
            Blade {
                root,
                tip,
                width: 0.1 + reach * 0.45,
            }
        })
        .collect();
    Outline::blades(&blades)
}

/// Hairs over an elliptic area that follow `flow`, dark and bright ones, only where the layer is painted.
pub(super) fn texture(
    layer: &mut Layer,
    dice: &mut Dice,
    (centre, radii): (Xy, Xy),
    flow: impl Fn(Xy) -> Xy,
    (length, count): (f32, usize),
) {
    for (colour, opacity) in [(Colour::SHADOW, 0.13), (Colour::WHITE, 0.13)] {
        let blades: Vec<Blade> = (0..count)
            .map(|_| {
                let place = (dice.around(1.0), dice.around(1.0));
                let root = (centre.0 + place.0 * radii.0, centre.1 + place.1 * radii.1);
                let (fx, fy) = flow(root);
                let size = (fx * fx + fy * fy).sqrt().max(1e-3);
                let reach = length * dice.between((0.6, 1.3)) / size;
                let sway = dice.around(0.35);
                Blade {
                    root,
                    tip: (
                        root.0 + (fx - fy * sway) * reach,
                        root.1 + (fy + fx * sway) * reach,
                    ),
                    width: 0.045,
                }
            })
            .collect();
        layer.tint(&Outline::blades(&blades), Ink::glaze(colour, opacity));
    }
}
