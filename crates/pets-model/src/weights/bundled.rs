//! The weights inside the library, where it was built with them.

use crate::backbones::description::BundledWeights;
use crate::error::ModelError;

impl BundledWeights {
    /// The bytes of the file, for [`StateDict::from_bytes`](crate::StateDict::from_bytes).
    ///
    /// # Errors
    ///
    /// [`ModelError::NotBundled`] where the library was built without them.
    pub fn bytes(self) -> Result<&'static [u8], ModelError> {
        self.file.ok_or(ModelError::NotBundled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_that_were_left_out_name_the_feature() {
        let said = BundledWeights { file: None }
            .bytes()
            .unwrap_err()
            .to_string();
        assert!(said.contains("`bundled-weights`"), "{said}");
    }
}
