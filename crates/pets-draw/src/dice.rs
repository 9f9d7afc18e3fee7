//! Seeded random draws.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of random draws that depends on nothing but its key.
pub(crate) struct Dice(ChaCha8Rng);

/// What a stream is for: streams of different purposes are independent.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// The parameters of breeds.
    Breeds,
    /// The names of breeds.
    Names,
    /// The halves of a breed's pictures.
    Halves,
    /// One picture.
    Picture,
}

impl Dice {
    /// The stream of a seed and purpose for item `index`, part `part` of it.
    pub(crate) fn new(seed: u64, purpose: Purpose, index: usize, part: usize) -> Self {
        let mut key = [0; 32];
        let words = [seed, purpose as u64, index as u64, part as u64];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Evenly between the two; the lower one if they are equal.
    pub(crate) fn between(&mut self, (low, high): (f32, f32)) -> f32 {
        low + (high - low) * self.0.random::<f32>()
    }

    /// Evenly in `-reach..reach`.
    pub(crate) fn around(&mut self, reach: f32) -> f32 {
        self.between((-reach, reach))
    }

    /// In `-reach..reach`, mostly near 0 (triangular).
    pub(crate) fn mostly(&mut self, reach: f32) -> f32 {
        0.5 * (self.around(reach) + self.around(reach))
    }

    pub(crate) fn chance(&mut self, probability: f32) -> bool {
        self.0.random::<f32>() < probability
    }

    /// -1 or 1.
    pub(crate) fn sign(&mut self) -> f32 {
        if self.chance(0.5) { 1.0 } else { -1.0 }
    }

    /// Evenly in `low..=high`.
    pub(crate) fn count(&mut self, (low, high): (usize, usize)) -> usize {
        self.0.random_range(low..=high)
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.count((0, items.len() - 1))]
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.count((0, last)));
        }
    }

    pub(crate) fn bytes(&mut self, into: &mut [u8]) {
        self.0.fill_bytes(into);
    }
}
