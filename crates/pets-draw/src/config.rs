//! What to draw.

use std::ops::RangeInclusive;

/// How many breeds and pictures to draw, how large, from which seed; always valid.
///
/// ```
/// use pets_draw::DrawConfig;
///
/// let config = DrawConfig::new(12, 40, 192, 7)?;
/// assert_eq!(config.total(), 480);
/// assert!(DrawConfig::new(0, 40, 192, 7).is_err());
/// # Ok::<(), pets_draw::InvalidDrawConfig>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawConfig {
    breeds: usize,
    images: usize,
    size: u32,
    seed: u64,
}

impl DrawConfig {
    /// Fewest and most breeds.
    pub const BREEDS: RangeInclusive<usize> = 1..=10_000;
    /// Fewest and most pictures of a breed; each half of the official split needs one.
    pub const IMAGES: RangeInclusive<usize> = 2..=100_000;
    /// Smallest and largest edge of a picture in pixels.
    pub const SIZES: RangeInclusive<u32> = 32..=2048;

    /// `breeds` breeds of `images` pictures each, `size` × `size` pixels, from `seed`.
    ///
    /// # Errors
    ///
    /// [`InvalidDrawConfig::Breeds`], [`InvalidDrawConfig::Images`] and [`InvalidDrawConfig::Size`] for what is outside
    /// [`DrawConfig::BREEDS`], [`DrawConfig::IMAGES`] and [`DrawConfig::SIZES`].
    pub fn new(
        breeds: usize,
        images: usize,
        size: u32,
        seed: u64,
    ) -> Result<Self, InvalidDrawConfig> {
        if !Self::BREEDS.contains(&breeds) {
            return Err(InvalidDrawConfig::Breeds { breeds });
        }
        if !Self::IMAGES.contains(&images) {
            return Err(InvalidDrawConfig::Images { images });
        }
        if !Self::SIZES.contains(&size) {
            return Err(InvalidDrawConfig::Size { size });
        }
        Ok(Self {
            breeds,
            images,
            size,
            seed,
        })
    }

    /// Number of breeds.
    pub fn breeds(&self) -> usize {
        self.breeds
    }

    /// Pictures of each breed.
    pub fn images(&self) -> usize {
        self.images
    }

    /// Edge of the square pictures in pixels.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// The seed everything is drawn from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Pictures of all breeds together.
    pub fn total(&self) -> usize {
        self.breeds * self.images
    }
}

/// Why a configuration cannot be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidDrawConfig {
    /// The number of breeds is out of range.
    #[error(
        "breeds must be {} to {}, not {breeds}",
        DrawConfig::BREEDS.start(),
        DrawConfig::BREEDS.end()
    )]
    Breeds {
        /// The breeds asked for.
        breeds: usize,
    },
    /// The number of pictures is out of range; too few could not fill trainval.txt and test.txt.
    #[error(
        "images must be {} to {}, not {images}: half of each breed is for training, half for testing",
        DrawConfig::IMAGES.start(),
        DrawConfig::IMAGES.end()
    )]
    Images {
        /// The pictures asked for.
        images: usize,
    },
    /// The size is out of range.
    #[error(
        "size must be {} to {} pixels, not {size}",
        DrawConfig::SIZES.start(),
        DrawConfig::SIZES.end()
    )]
    Size {
        /// The size asked for.
        size: u32,
    },
}

impl std::fmt::Display for DrawConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            breeds,
            images,
            size,
            seed,
        } = self;
        write!(
            f,
            "{breeds} breeds × {images} pictures of {size} px, seed {seed}"
        )
    }
}
