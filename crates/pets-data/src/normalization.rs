use serde::{Deserialize, Serialize};

use crate::DataError;

/// What a channel's values in [0, 1] are shifted and scaled by: `(v − mean) / std`, in the order red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Normalization {
    /// Mean of each channel.
    pub mean: [f32; 3],
    /// Standard deviation of each channel.
    pub std: [f32; 3],
}

impl Normalization {
    /// `ImageNet`'s mean and standard deviation, which torchvision's pretrained backbones expect.
    pub const IMAGENET: Self = Self {
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
    };

    /// EfficientNet-Lite's: `(pixel − 127) / 128` for pixels in 0..=255.
    pub const LITE: Self = Self {
        mean: [127.0 / 255.0; 3],
        std: [128.0 / 255.0; 3],
    };

    pub(crate) fn check(&self) -> Result<(), DataError> {
        let out_of_range = |name, value, allowed| DataError::TransformOutOfRange {
            name,
            value,
            allowed,
        };
        if let Some(&mean) = self.mean.iter().find(|mean| !mean.is_finite()) {
            return Err(out_of_range("normalization mean", mean, "finite"));
        }
        match self.std.iter().find(|&&std| !std.is_finite() || std <= 0.0) {
            Some(&std) => Err(out_of_range("normalization std", std, "finite and above 0")),
            None => Ok(()),
        }
    }

    /// Writes interleaved 8-bit RGB pixels as normalised planes: all red values, then green, then blue.
    pub(crate) fn write_planes(&self, pixels: &[[u8; 3]], planes: &mut [f32]) {
        for (channel, plane) in planes.chunks_exact_mut(pixels.len()).enumerate() {
            let scale = 1.0 / (255.0 * self.std[channel]);
            let offset = -self.mean[channel] / self.std[channel];
            for (value, pixel) in plane.iter_mut().zip(pixels) {
                *value = f32::from(pixel[channel]) * scale + offset;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_hold_shifted_and_scaled_channels() {
        let pixels = [[0, 127, 255], [255, 51, 102]];
        let mut planes = [0.0; 6];
        Normalization::LITE.write_planes(&pixels, &mut planes);
        let expected = [-127.0, 128.0, 0.0, -76.0, 128.0, -25.0].map(|v: f32| v / 128.0);
        for (value, wanted) in planes.iter().zip(expected) {
            assert!((value - wanted).abs() < 1e-6, "{planes:?}");
        }

        Normalization::IMAGENET.write_planes(&pixels, &mut planes);
        let wanted = (255.0_f32 / 255.0 - 0.406) / 0.225;
        assert!((planes[4] - wanted).abs() < 1e-6, "{planes:?}");
    }
}
