//! From a decoded picture to normalised planes: the whole chain.

use fast_image_resize::Resizer;
use image::RgbImage;
use rand::{Rng, RngExt};

use crate::transforms::augmentation::CropArea;
use crate::transforms::color_jitter::jitter;
use crate::transforms::planes::write_planes;
use crate::transforms::resize::resize;
use crate::transforms::rotation::Rotator;
use crate::{Augmentation, DataError, Normalization};

/// The largest picture that a transform makes, in pixels a side.
pub const MAX_IMG_SIZE: u32 = 8192;

/// Makes a picture what a backbone reads: square, normalised, red, green and blue planes.
///
/// The picture is resized to `img_size` × `img_size` whatever its aspect ratio, bilinear with antialiasing (Pillow's
/// and torchvision's default), then augmented in training, then normalised.
///
/// ```
/// use pets_data::{Augmentation, Normalization, Transform, TransformBuffers};
/// # use rand::SeedableRng;
/// let transform = Transform::train(224, Normalization::IMAGENET, Augmentation::default())?;
/// let picture = image::RgbImage::from_pixel(500, 375, image::Rgb([120, 90, 60]));
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let mut planes = vec![0.0; transform.output_len()];
/// transform.apply(&picture, &mut rng, &mut TransformBuffers::default(), &mut planes)?;
/// # Ok::<(), pets_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Transform {
    img_size: u32,
    normalization: Normalization,
    augmentation: Augmentation,
}

/// Memory that [`Transform::apply`] works in; kept from picture to picture, it is allocated once.
#[derive(Debug, Default)]
pub struct TransformBuffers {
    resizer: Resizer,
    resized: Vec<[u8; 3]>,
    rotator: Rotator,
}

impl Transform {
    /// Resize and normalise: for validation, test and use.
    ///
    /// # Errors
    ///
    /// [`DataError::TransformOutOfRange`] if `img_size` is 0 or above [`MAX_IMG_SIZE`], or a value of `normalization`
    /// is not finite or a standard deviation not positive.
    pub fn eval(img_size: u32, normalization: Normalization) -> Result<Self, DataError> {
        Self::train(img_size, normalization, Augmentation::none())
    }

    /// Resize, augment and normalise: for training.
    ///
    /// # Errors
    ///
    /// As [`Transform::eval`], and if a parameter of `augmentation` is out of range.
    pub fn train(
        img_size: u32,
        normalization: Normalization,
        augmentation: Augmentation,
    ) -> Result<Self, DataError> {
        if !(1..=MAX_IMG_SIZE).contains(&img_size) {
            return Err(DataError::TransformOutOfRange {
                name: "img_size",
                value: img_size as f32,
                allowed: "1 to 8192",
            });
        }
        normalization.check()?;
        augmentation.check()?;
        Ok(Self {
            img_size,
            normalization,
            augmentation,
        })
    }

    /// Height and width of what comes out, in pixels.
    pub fn img_size(&self) -> u32 {
        self.img_size
    }

    /// Whether anything is drawn at random.
    pub fn is_random(&self) -> bool {
        self.augmentation != Augmentation::none()
    }

    /// How many values come out: 3 · `img_size` · `img_size`.
    pub fn output_len(&self) -> usize {
        3 * self.pixels()
    }

    fn pixels(&self) -> usize {
        (self.img_size as usize).pow(2)
    }

    /// Transforms one picture into `planes`, with random changes drawn from `rng`.
    ///
    /// # Shapes
    ///
    /// `planes`: `[3, img_size, img_size]`, row-major.
    ///
    /// # Errors
    ///
    /// [`DataError::Transform`] if the picture has no pixels or `planes` has another length than
    /// [`Transform::output_len`].
    pub fn apply(
        &self,
        picture: &RgbImage,
        rng: &mut impl Rng,
        buffers: &mut TransformBuffers,
        planes: &mut [f32],
    ) -> Result<(), DataError> {
        if planes.len() != self.output_len() {
            let reason = format!(
                "{} values do not fit in {}",
                self.output_len(),
                planes.len()
            );
            return Err(DataError::Transform { reason });
        }
        let (width, height) = picture.dimensions();
        if width == 0 || height == 0 {
            let reason = format!("the picture is empty: {width} x {height}");
            return Err(DataError::Transform { reason });
        }
        let TransformBuffers {
            resizer,
            resized,
            rotator,
        } = buffers;
        resized.resize(self.pixels(), [0; 3]);
        let crop = self
            .augmentation
            .random_resized_crop
            .map(|scale| CropArea::random((width, height), scale, rng));
        resize(picture, crop, resizer, self.img_size, resized)?;

        let side = self.img_size as usize;
        if self.augmentation.horizontal_flip && rng.random_bool(0.5) {
            flip(resized, side);
        }
        let degrees = self.augmentation.rotation_degrees;
        if degrees > 0.0 {
            rotator.rotate(resized, planes, side, rng.random_range(-degrees..=degrees));
        } else {
            write_planes(resized, planes);
        }
        if self.augmentation.color_jitter > 0.0 {
            jitter(planes, self.augmentation.color_jitter, rng);
        }
        self.normalization.apply(planes);
        Ok(())
    }
}

/// Mirrors left to right.
fn flip(pixels: &mut [[u8; 3]], side: usize) {
    for row in pixels.chunks_exact_mut(side) {
        row.reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flip_mirrors_each_row() {
        let mut pixels = [[1; 3], [2; 3], [3; 3], [4; 3]];
        flip(&mut pixels, 2);
        assert_eq!(pixels, [[2; 3], [1; 3], [4; 3], [3; 3]]);
    }
}
