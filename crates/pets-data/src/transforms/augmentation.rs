//! Random changes to training pictures: crop, flip, rotation, colour.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::DataError;

/// Random changes to training images, in this order: crop, resize, flip, rotation, colour jitter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Augmentation {
    /// Mirror left to right, every second time on average.
    pub horizontal_flip: bool,
    /// Turn by an angle drawn from ± this many degrees, in 0..=180; corners become black.
    pub rotation_degrees: f32,
    /// Change brightness, contrast and saturation, in random order, by factors drawn from 1 ± this, in 0..=1, as
    /// torchvision's `ColorJitter` does.
    pub color_jitter: f32,
    /// Cut out a rectangle whose share of the picture's area is drawn from this range, within (0, 1], and whose aspect
    /// ratio is drawn between 3:4 and 4:3, as torchvision's `RandomResizedCrop` does. `None` uses the whole picture.
    pub random_resized_crop: Option<(f32, f32)>,
}

impl Default for Augmentation {
    /// Flip, ±10°, jitter 0.2, no crop.
    fn default() -> Self {
        Self {
            horizontal_flip: true,
            rotation_degrees: 10.0,
            color_jitter: 0.2,
            random_resized_crop: None,
        }
    }
}

impl Augmentation {
    /// No change at all.
    pub fn none() -> Self {
        Self {
            horizontal_flip: false,
            rotation_degrees: 0.0,
            color_jitter: 0.0,
            random_resized_crop: None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), DataError> {
        let check = |name, value, allowed, ok| {
            if ok {
                Ok(())
            } else {
                Err(DataError::TransformOutOfRange {
                    name,
                    value,
                    allowed,
                })
            }
        };
        let degrees = self.rotation_degrees;
        let degrees_ok = (0.0..=180.0).contains(&degrees);
        check("rotation_degrees", degrees, "0 to 180", degrees_ok)?;
        let jitter_ok = (0.0..=1.0).contains(&self.color_jitter);
        check("color_jitter", self.color_jitter, "0 to 1", jitter_ok)?;
        if let Some((least, most)) = self.random_resized_crop {
            let most_ok = most > 0.0 && most <= 1.0;
            check(
                "random_resized_crop's largest scale",
                most,
                "above 0 and at most 1",
                most_ok,
            )?;
            let least_ok = least > 0.0 && least <= most;
            check(
                "random_resized_crop's smallest scale",
                least,
                "above 0 and at most the largest scale",
                least_ok,
            )?;
        }
        Ok(())
    }
}

/// A rectangle of whole pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CropArea {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// The aspect ratios (width / height) that a crop may have.
const ASPECT_RATIOS: (f32, f32) = (3.0 / 4.0, 4.0 / 3.0);

/// How often a crop that does not fit is drawn again before the central one is taken.
const CROP_ATTEMPTS: usize = 10;

impl CropArea {
    /// Draws a crop as torchvision's `RandomResizedCrop` does.
    pub(crate) fn random(
        (width, height): (u32, u32),
        (min_scale, max_scale): (f32, f32),
        rng: &mut impl Rng,
    ) -> Self {
        let area = width as f32 * height as f32;
        for _ in 0..CROP_ATTEMPTS {
            let crop_area = area * rng.random_range(min_scale..=max_scale);
            let ratio = rng
                .random_range(ASPECT_RATIOS.0.ln()..=ASPECT_RATIOS.1.ln())
                .exp();
            let crop_width = (crop_area * ratio).sqrt().round() as u32;
            let crop_height = (crop_area / ratio).sqrt().round() as u32;
            if (1..=width).contains(&crop_width) && (1..=height).contains(&crop_height) {
                return Self {
                    left: rng.random_range(0..=width - crop_width),
                    top: rng.random_range(0..=height - crop_height),
                    width: crop_width,
                    height: crop_height,
                };
            }
        }
        Self::central(width, height)
    }

    /// The largest central crop with an allowed aspect ratio.
    fn central(width: u32, height: u32) -> Self {
        let ratio = (width as f32 / height as f32).clamp(ASPECT_RATIOS.0, ASPECT_RATIOS.1);
        let crop_width = ((height as f32 * ratio).round() as u32).clamp(1, width);
        let crop_height = ((width as f32 / ratio).round() as u32).clamp(1, height);
        Self {
            left: (width - crop_width) / 2,
            top: (height - crop_height) / 2,
            width: crop_width,
            height: crop_height,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn crops_lie_inside_with_the_scale_and_ratio_asked_for() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        for _ in 0..500 {
            let crop = CropArea::random((400, 300), (0.2, 0.6), &mut rng);
            assert!(
                crop.left + crop.width <= 400 && crop.top + crop.height <= 300,
                "{crop:?}"
            );
            let scale = (crop.width * crop.height) as f32 / 120_000.0;
            assert!((0.19..0.61).contains(&scale), "{crop:?}");
            let ratio = crop.width as f32 / crop.height as f32;
            assert!((0.74..1.35).contains(&ratio), "{crop:?}");
        }
    }

    #[test]
    fn a_picture_too_narrow_for_the_scale_gets_the_central_crop() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let crop = CropArea::random((1000, 30), (0.9, 1.0), &mut rng);
        assert_eq!(
            crop,
            CropArea {
                left: 480,
                top: 0,
                width: 40,
                height: 30
            }
        );
        let crop = CropArea::random((1, 1), (0.1, 0.1), &mut rng);
        assert_eq!(
            crop,
            CropArea {
                left: 0,
                top: 0,
                width: 1,
                height: 1
            }
        );
    }

    #[test]
    fn parameters_out_of_range_are_named() {
        let wrong = [
            Augmentation {
                rotation_degrees: -1.0,
                ..Augmentation::default()
            },
            Augmentation {
                color_jitter: 1.5,
                ..Augmentation::default()
            },
            Augmentation {
                color_jitter: f32::NAN,
                ..Augmentation::default()
            },
            Augmentation {
                random_resized_crop: Some((0.5, 0.4)),
                ..Augmentation::default()
            },
            Augmentation {
                random_resized_crop: Some((0.5, 1.4)),
                ..Augmentation::default()
            },
        ];
        for (augmentation, name) in wrong.into_iter().zip([
            "rotation_degrees",
            "color_jitter",
            "color_jitter",
            "random_resized_crop",
            "random_resized_crop",
        ]) {
            let error = augmentation.check().unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
        Augmentation::default().check().unwrap();
        Augmentation::none().check().unwrap();
    }
}
