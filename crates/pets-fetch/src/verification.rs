//! Files held against their checksums.

use std::path::Path;

use crate::checksum::Checksum;
use crate::error::FetchError;

impl Checksum {
    /// Reads `path` and says whether it is the file that was meant.
    ///
    /// # Errors
    ///
    /// [`FetchError::Checksum`] where it is another, [`FetchError::Io`] where it cannot be read.
    pub fn verify(&self, path: &Path) -> Result<(), FetchError> {
        let found = self
            .of_file(path)
            .map_err(|source| FetchError::io("read", path, source))?;
        if found.starts_with(self.digits()) {
            Ok(())
        } else {
            Err(FetchError::Checksum {
                path: path.to_owned(),
                expected: self.clone(),
                found,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digests() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "abc").unwrap();
        let sha256 = Checksum::Sha256Prefix("ba7816bf".to_owned());
        let md5 = Checksum::Md5("900150983cd24fb0d6963f7d28e17f72".to_owned());
        sha256.verify(&path).unwrap();
        md5.verify(&path).unwrap();

        std::fs::write(&path, "abd").unwrap();
        let message = md5.verify(&path).unwrap_err().to_string();
        assert!(message.contains("900150983cd24fb0"), "{message}");
        assert!(sha256.verify(&path).is_err());
    }
}
