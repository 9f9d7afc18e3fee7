//! What to draw.

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
    /// Smallest and largest edge of a picture in pixels.
    pub const SIZES: std::ops::RangeInclusive<u32> = 32..=2048;

    /// `breeds` breeds of `images` pictures each, `size` × `size` pixels, from `seed`.
    ///
    /// # Errors
    ///
    /// [`InvalidDrawConfig::Breeds`] for no breed, [`InvalidDrawConfig::Images`] for fewer than two pictures a breed
    /// (each half of the official split needs one), [`InvalidDrawConfig::Size`] for a size outside
    /// [`DrawConfig::SIZES`].
    pub fn new(
        breeds: usize,
        images: usize,
        size: u32,
        seed: u64,
    ) -> Result<Self, InvalidDrawConfig> {
        if breeds == 0 {
            return Err(InvalidDrawConfig::Breeds);
        }
        if images < 2 {
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
        self.breeds.saturating_mul(self.images)
    }
}

/// Why a configuration cannot be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidDrawConfig {
    /// No breed was asked for.
    #[error("breeds must be at least 1, not 0")]
    Breeds,
    /// Too few pictures of each breed to fill trainval.txt and test.txt.
    #[error(
        "images must be at least 2, not {images}: half of each breed is for training, half for testing"
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
