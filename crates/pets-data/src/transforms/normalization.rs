//! Mean and standard deviation of pixel values.

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

    /// Normalises planes of values in 0..=255: all red values, then green, then blue.
    pub(crate) fn apply(&self, planes: &mut [f32]) {
        let pixels = planes.len() / 3;
        for (channel, plane) in planes.chunks_exact_mut(pixels).enumerate() {
            let scale = 1.0 / (255.0 * self.std[channel]);
            let offset = -self.mean[channel] / self.std[channel];
            for value in plane {
                *value = *value * scale + offset;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_are_shifted_and_scaled() {
        let planes = [0.0, 255.0, 127.0, 51.0, 255.0, 102.0];
        let mut lite = planes;
        Normalization::LITE.apply(&mut lite);
        let expected = [-127.0, 128.0, 0.0, -76.0, 128.0, -25.0].map(|v: f32| v / 128.0);
        for (value, wanted) in lite.iter().zip(expected) {
            assert!((value - wanted).abs() < 1e-6, "{lite:?}");
        }

        let mut imagenet = planes;
        Normalization::IMAGENET.apply(&mut imagenet);
        let wanted = (255.0_f32 / 255.0 - 0.406) / 0.225;
        assert!((imagenet[4] - wanted).abs() < 1e-6, "{imagenet:?}");
    }
}
