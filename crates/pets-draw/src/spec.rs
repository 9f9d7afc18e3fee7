//! What to draw.

use crate::DrawError;

/// How many breeds and pictures to draw, how large, from which seed; always valid.
///
/// ```
/// use pets_draw::DrawSpec;
///
/// let spec = DrawSpec::new(12, 40, 192, 7)?;
/// assert_eq!(spec.total(), 480);
/// assert!(DrawSpec::new(0, 40, 192, 7).is_err());
/// # Ok::<(), pets_draw::DrawError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawSpec {
    breeds: usize,
    images: usize,
    size: u32,
    seed: u64,
}

impl DrawSpec {
    /// Smallest and largest edge of a picture in pixels.
    pub const SIZES: std::ops::RangeInclusive<u32> = 32..=2048;

    /// `breeds` breeds of `images` pictures each, `size` × `size` pixels, from `seed`.
    ///
    /// # Errors
    ///
    /// [`DrawError::Breeds`] for no breed, [`DrawError::Images`] for fewer than two pictures a breed (each half of
    /// the official split needs one), [`DrawError::Size`] for a size outside [`DrawSpec::SIZES`].
    pub fn new(breeds: usize, images: usize, size: u32, seed: u64) -> Result<Self, DrawError> {
        if breeds == 0 {
            return Err(DrawError::Breeds);
        }
        if images < 2 {
            return Err(DrawError::Images { images });
        }
        if !Self::SIZES.contains(&size) {
            return Err(DrawError::Size { size });
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

impl std::fmt::Display for DrawSpec {
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
