//! Pictures that cannot be used and are left out, where the configuration allows it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::{Context, Result};
use pets_data::Dataset;
use pets_train::RunFolder;
use serde::Serialize;

use crate::files::write_atomically;
use crate::output::progress::Progress;

/// How many are named on the terminal; the file names all.
const SHOWN: usize = 10;

/// A picture that is left out.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SkippedImage {
    /// The sample's name.
    name: String,
    path: PathBuf,
    reason: String,
}

/// The pictures that are left out.
#[derive(Debug, Default)]
pub(crate) struct SkippedImages {
    samples: BTreeSet<usize>,
    images: Vec<SkippedImage>,
}

impl SkippedImages {
    /// Reads every picture of `dataset`, and says which cannot be used.
    pub(crate) fn find(dataset: &Dataset) -> Self {
        let total = dataset.samples().len();
        let progress = Mutex::new(Progress::start("checking", total, "pictures"));
        let unusable = dataset.unusable_pictures(|done| {
            if let Ok(mut progress) = progress.lock() {
                progress.update(done, "");
            }
        });
        if let Ok(progress) = progress.into_inner() {
            progress.finish(&format!("{total} pictures, {} skipped", unusable.len()));
        }
        for picture in unusable.iter().take(SHOWN) {
            say!("skipped: {}", picture.reason);
        }
        if unusable.len() > SHOWN {
            say!("skipped: … and {} more", unusable.len() - SHOWN);
        }
        Self {
            samples: unusable.iter().map(|picture| picture.sample).collect(),
            images: unusable
                .into_iter()
                .map(|picture| {
                    let sample = &dataset.samples()[picture.sample];
                    SkippedImage {
                        name: sample.name.clone(),
                        path: sample.path.clone(),
                        reason: picture.reason.to_string(),
                    }
                })
                .collect(),
        }
    }

    /// Their indices among the dataset's samples.
    pub(crate) fn samples(&self) -> BTreeSet<usize> {
        self.samples.clone()
    }

    /// The pictures themselves, in the order of the samples.
    pub(crate) fn images(&self) -> &[SkippedImage] {
        &self.images
    }

    /// Lists them in `results/skipped_images.json`; a list that no longer holds is removed.
    pub(crate) fn write(&self, folder: &RunFolder) -> Result<()> {
        let path = folder.results().join("skipped_images.json");
        if self.images.is_empty() {
            return match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(error).with_context(|| format!("cannot remove {}", path.display()))
                }
                _ => Ok(()),
            };
        }
        folder.create()?;
        let text = serde_json::to_string_pretty(&self.images)?;
        write_atomically(&path, text.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))
    }
}
