//! Resizing as Pillow and torchvision do by default: bilinear with antialiasing.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

use crate::DataError;
use crate::transforms::augmentation::CropArea;

/// Resizes the picture, or the crop of it, to `side` × `side` pixels.
pub(crate) fn resize(
    picture: &RgbImage,
    crop: Option<CropArea>,
    resizer: &mut Resizer,
    side: u32,
    resized: &mut [[u8; 3]],
) -> Result<(), DataError> {
    let failed = |reason: String| DataError::Transform { reason };
    let (width, height) = picture.dimensions();
    let source = TypedImageRef::<U8x3>::from_buffer(width, height, picture.as_raw())
        .map_err(|error| failed(error.to_string()))?;
    let mut target = TypedImage::<U8x3>::from_buffer(side, side, resized.as_flattened_mut())
        .map_err(|error| failed(error.to_string()))?;
    let mut options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    if let Some(crop) = crop {
        let [left, top, width, height] =
            [crop.left, crop.top, crop.width, crop.height].map(f64::from);
        options = options.crop(left, top, width, height);
    }
    // The typed call compiles the resizer for one kind of pixel, `Resizer::resize` for thirteen: minutes of compilation.
    resizer
        .resize_typed(&source, &mut target, &options)
        .map_err(|error| failed(error.to_string()))
}
