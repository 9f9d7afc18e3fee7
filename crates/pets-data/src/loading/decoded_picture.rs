//! A decoded picture, and the memory that is set aside for it.

use std::ops::Deref;

use image::RgbImage;

use crate::loading::decoding_budget::Reservation;

/// The pixels of a picture, 8-bit RGB and upright.
///
/// They count against the [decoding budget](crate::set_decoding_budget) until this is dropped: drop it as soon as the
/// picture is transformed, or take the image out of it to keep it. Like the guard of a lock it stays on its thread; while
/// it lives, that thread should not wait for others that decode.
#[derive(Debug)]
pub struct DecodedPicture {
    pixels: RgbImage,
    _reservation: Option<Reservation>,
}

impl DecodedPicture {
    /// Keeps of what was reserved to decode the picture what its pixels take.
    pub(crate) fn new(pixels: RgbImage, mut reservation: Reservation) -> Self {
        reservation.shrink_to(pixels.as_raw().len() as u64);
        Self {
            pixels,
            _reservation: Some(reservation),
        }
    }

    /// The image alone, which no longer counts against the budget.
    pub fn into_image(self) -> RgbImage {
        self.pixels
    }
}

impl Deref for DecodedPicture {
    type Target = RgbImage;

    fn deref(&self) -> &RgbImage {
        &self.pixels
    }
}

/// Pixels from elsewhere, which take nothing of the budget.
impl From<RgbImage> for DecodedPicture {
    fn from(pixels: RgbImage) -> Self {
        Self {
            pixels,
            _reservation: None,
        }
    }
}
