//! Pictures that cannot be used and are left out, where the configuration allows it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use pets_data::Dataset;
use pets_train::LockedResults;
use serde::Serialize;

use crate::error::Error;
use crate::files::write_json;
use crate::observer::{Note, Observer, Work};

/// How many are told to the observer; the file names all.
const SHOWN: usize = 10;

/// A picture that is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkippedImage {
    /// The sample's name.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// Why it cannot be used.
    pub reason: String,
}

/// The pictures that are left out.
#[derive(Debug, Clone, Default)]
pub struct SkippedImages {
    samples: BTreeSet<usize>,
    images: Vec<SkippedImage>,
}

impl SkippedImages {
    /// Reads every picture of `dataset`, and finds those that cannot be used.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`] where the observer says so.
    pub fn find(dataset: &Dataset, observer: &dyn Observer) -> Result<Self, Error> {
        let work = Work::new("checking", dataset.samples().len(), "pictures");
        observer.begun(&work);
        let unusable = dataset.unusable_pictures(|done| {
            observer.advanced(&work, done);
            !observer.cancelled()
        })?;
        observer.ended(&work);
        for picture in unusable.iter().take(SHOWN) {
            observer.noted(&Note::SkippedImage(&picture.reason.to_string()));
        }
        if unusable.len() > SHOWN {
            observer.noted(&Note::MoreSkippedImages(unusable.len() - SHOWN));
        }
        Ok(Self {
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
        })
    }

    /// Their indices among the dataset's samples.
    pub fn samples(&self) -> &BTreeSet<usize> {
        &self.samples
    }

    /// The pictures themselves, in the order of the samples.
    pub fn images(&self) -> &[SkippedImage] {
        &self.images
    }

    /// Lists them in `results/skipped_images.json` of a run; a list that no longer holds is removed.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] names the file or folder; [`Error::Train`] where it is no longer the one that was locked.
    pub fn write(&self, results: &LockedResults) -> Result<(), Error> {
        let path = results.file("skipped_images.json")?;
        if self.images.is_empty() {
            return match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(Error::io("remove", &path)(error))
                }
                _ => Ok(()),
            };
        }
        write_json(&path, &self.images)
    }
}
