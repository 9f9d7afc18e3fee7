//! How far an attention map points at the object in the image.

use serde::Serialize;

use crate::{HeatMap, VizError, check};

/// How far a map points at the object.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pointing {
    /// Share of the map's mass on the object.
    pub mass_on_object: f64,
    /// Share of the image that the object covers: the mass that an even map would have on it.
    pub area_of_object: f64,
    /// Whether the map's maximum lies on the object: the pointing game (Zhang et al., IJCV 2018).
    pub maximum_on_object: bool,
}

/// Holds a map, enlarged as it is drawn, against where the object is; `None` for a map that is zero
/// everywhere.
///
/// # Shapes
/// `object`: `[height, width]` of the image, row by row; `None` where it is not known whether a
/// pixel is of the object, which leaves it out.
///
/// # Errors
/// [`VizError::Empty`] without a known pixel, [`VizError::LengthMismatch`] where `object` is not
/// `height` × `width` pixels.
pub fn pointing(
    map: &HeatMap,
    object: &[Option<bool>],
    height: usize,
    width: usize,
) -> Result<Option<Pointing>, VizError> {
    check::same_length(
        "object (height × width)",
        height.saturating_mul(width),
        object.len(),
    )?;
    let known: Vec<(f64, bool)> = object
        .iter()
        .enumerate()
        .filter_map(|(pixel, inside)| {
            let centre = |index: usize, count: usize| (index as f32 + 0.5) / count as f32;
            let value = map.at(centre(pixel % width, width), centre(pixel / width, height));
            Some((f64::from(value), (*inside)?))
        })
        .collect();
    check::not_empty("object", &known)?;
    let total: f64 = known.iter().map(|(value, _)| value).sum();
    if total == 0.0 {
        return Ok(None);
    }
    let on_object = || known.iter().filter(|(_, inside)| *inside);
    let largest = |values: &mut dyn Iterator<Item = &(f64, bool)>| {
        values.fold(0.0, |largest: f64, (value, _)| largest.max(*value))
    };
    Ok(Some(Pointing {
        mass_on_object: on_object().map(|(value, _)| value).sum::<f64>() / total,
        area_of_object: on_object().count() as f64 / known.len() as f64,
        maximum_on_object: largest(&mut on_object()) >= largest(&mut known.iter()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(values: Vec<f32>, object: &[Option<bool>]) -> Option<Pointing> {
        let map = HeatMap::new(values, 2, 2).expect("valid map");
        pointing(&map, object, 2, 2).expect("valid object")
    }

    #[test]
    fn mass_and_maximum_are_held_against_the_object() {
        let object = [Some(true), Some(false), Some(false), Some(false)];
        let on = found(vec![1.0, 0.5, 0.5, 0.0], &object).expect("a map");
        assert_eq!(
            (on.mass_on_object, on.area_of_object, on.maximum_on_object),
            (0.5, 0.25, true)
        );
        let beside = found(vec![0.25, 1.0, 0.0, 0.0], &object).expect("a map");
        assert_eq!(
            (beside.mass_on_object, beside.maximum_on_object),
            (0.2, false)
        );
    }

    #[test]
    fn unknown_pixels_are_left_out_and_zero_maps_point_nowhere() {
        let object = [Some(true), None, Some(false), Some(false)];
        let map = found(vec![0.5, 1.0, 0.5, 0.0], &object).expect("a map");
        assert_eq!((map.mass_on_object, map.maximum_on_object), (0.5, true));
        assert_eq!(found(vec![0.0; 4], &object), None);
    }

    #[test]
    fn objects_of_another_size_are_refused() {
        let map = HeatMap::new(vec![1.0], 1, 1).expect("valid map");
        assert!(pointing(&map, &[Some(true)], 2, 2).is_err());
        assert!(pointing(&map, &[None], 1, 1).is_err());
    }
}
