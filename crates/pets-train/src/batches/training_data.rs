//! What is trained on, and how it is told from other data.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::batches::inputs::Part;
use crate::hexadecimal::hexadecimal;

/// The labelled images of a run. Labels run from 0 to the number of classes − 1.
pub struct TrainingData {
    /// What is trained on.
    pub train: Part,
    /// What tells the best epoch; without it the last epoch counts as the best.
    pub val: Option<Part>,
}

impl TrainingData {
    /// Tells whether two runs have the same files, by name, with the same labels in the same order.
    pub(crate) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for part in std::iter::once(&self.train).chain(&self.val) {
            for (file, label) in part.files() {
                let name = file.file_name().unwrap_or_default();
                hash.update(name.as_encoded_bytes());
                hash.update([0]);
                hash.update((label as u64).to_le_bytes());
            }
            hash.update([1]);
        }
        hexadecimal(&hash.finalize())
    }
}

impl Part {
    fn files(&self) -> Box<dyn Iterator<Item = (&Path, usize)> + '_> {
        match self {
            Self::Images(loader) => Box::new(
                loader
                    .items()
                    .iter()
                    .map(|item| (item.path.as_path(), item.label)),
            ),
            Self::Activations(activations) => Box::new(activations.files()),
        }
    }
}
