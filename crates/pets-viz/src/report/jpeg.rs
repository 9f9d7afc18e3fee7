//! Photos as they stand in a page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use serde::{Serialize, Serializer};

use crate::VizError;
use crate::sheets::tile::check_image;

/// Quality at which a thumbnail of a photo shows no blocks.
const QUALITY: u8 = 78;

/// The bytes of a JPEG file; serialised as a `data:` address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jpeg(Vec<u8>);

impl Jpeg {
    /// Longest side of a thumbnail: sharp where hundreds are shown, and about 2 KB of a photo.
    pub const THUMBNAIL_SIDE: u32 = 88;

    /// The image reduced to [`Self::THUMBNAIL_SIDE`].
    ///
    /// # Errors
    /// As [`Self::within`].
    pub fn thumbnail(image: &RgbImage) -> Result<Self, VizError> {
        Self::within(image, Self::THUMBNAIL_SIDE)
    }

    /// The image, reduced where it is larger so that neither side exceeds `side` pixels.
    ///
    /// # Errors
    /// [`VizError::Empty`] for an image without pixels, [`VizError::Encode`] where the encoder
    /// fails.
    pub fn within(image: &RgbImage, side: u32) -> Result<Self, VizError> {
        check_image(image)?;
        let longest = image.width().max(image.height());
        if longest <= side {
            return encode(image);
        }
        let reduced = |length: u32| {
            let exact = f64::from(length) * f64::from(side) / f64::from(longest);
            (exact.round() as u32).max(1)
        };
        let (width, height) = (reduced(image.width()), reduced(image.height()));
        encode(&imageops::resize(
            image,
            width,
            height,
            FilterType::Triangle,
        ))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

fn encode(image: &RgbImage) -> Result<Jpeg, VizError> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(image)?;
    Ok(Jpeg(bytes))
}

impl Serialize for Jpeg {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut address = String::from("data:image/jpeg;base64,");
        STANDARD.encode_string(&self.0, &mut address);
        serializer.serialize_str(&address)
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    fn size_of(jpeg: &Jpeg) -> (u32, u32) {
        let read = image::load_from_memory(jpeg.as_bytes()).expect("a JPEG file");
        (read.width(), read.height())
    }

    #[test]
    fn large_images_are_reduced_and_small_ones_are_not_enlarged() {
        let image = RgbImage::from_pixel(400, 200, Rgb([9, 80, 200]));
        assert_eq!(
            size_of(&Jpeg::within(&image, 100).expect("encodes")),
            (100, 50)
        );
        assert_eq!(
            size_of(&Jpeg::within(&image, 900).expect("encodes")),
            (400, 200)
        );
        let thread = RgbImage::new(1, 4000);
        assert_eq!(
            size_of(&Jpeg::within(&thread, 50).expect("encodes")),
            (1, 50)
        );
    }

    #[test]
    fn an_image_without_pixels_is_refused() {
        let error = Jpeg::thumbnail(&RgbImage::new(0, 9)).expect_err("there is nothing to see");
        assert!(matches!(error, VizError::Empty { .. }));
    }

    #[test]
    fn it_is_serialised_as_an_address_that_holds_its_bytes() {
        let jpeg = Jpeg::thumbnail(&RgbImage::new(8, 8)).expect("encodes");
        let address = serde_json::to_string(&jpeg).expect("a string");
        let data = address
            .trim_matches('"')
            .strip_prefix("data:image/jpeg;base64,")
            .expect("a data address");
        assert_eq!(STANDARD.decode(data).expect("base64"), jpeg.as_bytes());
    }
}
