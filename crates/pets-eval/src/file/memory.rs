//! The memory that reading a file may take.

use super::failure::Failure;

/// What a string takes beside its text: itself, and what the allocator keeps of it.
const STRING: u64 = size_of::<String>() as u64 + 16;

/// The memory that reading a file may take, spoken for before it is taken.
pub(super) struct Memory {
    limit: u64,
    need: u64,
}

impl Memory {
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, need: 0 }
    }

    /// Speaks for that many bytes more.
    pub(super) fn reserve(&mut self, bytes: u64) -> Result<(), Failure> {
        self.need = self.need.saturating_add(bytes);
        if self.need > self.limit {
            return Err(Failure::Memory {
                need: self.need,
                limit: self.limit,
            });
        }
        Ok(())
    }

    /// Speaks for a list of numbers.
    pub(super) fn reserve_values<T>(&mut self, values: usize) -> Result<(), Failure> {
        self.reserve((values as u64).saturating_mul(size_of::<T>() as u64))
    }

    /// Speaks for a list of strings with so many bytes of text in all.
    pub(super) fn reserve_strings(&mut self, strings: usize, text: usize) -> Result<(), Failure> {
        let each = (strings as u64).saturating_mul(STRING);
        self.reserve(each.saturating_add(text as u64))
    }
}
