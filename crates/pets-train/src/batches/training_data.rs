//! What is trained on, and how it is told from other data.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::batches::inputs::Inputs;
use crate::hexadecimal::hexadecimal;

/// The labelled images of a run. Labels run from 0 to the number of classes − 1.
pub struct TrainingData {
    /// What is trained on.
    pub train: Inputs,
    /// What tells the best epoch; without it the last epoch counts as the best.
    pub val: Option<Inputs>,
}

impl TrainingData {
    /// Tells whether two runs have the same files, by name, with the same labels in the same order.
    pub(crate) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for inputs in std::iter::once(&self.train).chain(&self.val) {
            for (position, label) in inputs.labels().into_iter().enumerate() {
                let name = inputs.file(position).and_then(Path::file_name);
                hash.update(name.unwrap_or_default().as_encoded_bytes());
                hash.update([0]);
                hash.update((label as u64).to_le_bytes());
            }
            hash.update([1]);
        }
        hexadecimal(&hash.finalize())
    }
}
