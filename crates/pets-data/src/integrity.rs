//! Whether every picture of a dataset can be used.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::layout::folder_layout::image_files;
use crate::loading::decode::{content_format, decode};
use crate::{DataError, Dataset, Layout};

/// What reading every picture of a dataset showed.
#[derive(Debug)]
pub struct Integrity {
    /// Samples whose picture cannot be read or decoded.
    pub unusable: Vec<UnusablePicture>,
    /// Pictures in another format than their extension says, and that format; they are read all the same.
    pub misnamed: Vec<(PathBuf, &'static str)>,
    /// Pictures beside the samples that no official list names; they are left alone.
    pub unlisted: Vec<PathBuf>,
}

/// A sample whose picture cannot be read or decoded.
#[derive(Debug)]
pub struct UnusablePicture {
    /// Its index in [`Dataset::samples`].
    pub sample: usize,
    /// Why, naming the file.
    pub reason: DataError,
}

impl Dataset {
    /// Decodes every picture, on all cores, and returns those that cannot be used, in the order of the samples;
    /// `on_progress` is told how many are done.
    pub fn unusable_pictures(&self, on_progress: impl Fn(usize) + Sync) -> Vec<UnusablePicture> {
        let done = AtomicUsize::new(0);
        self.samples()
            .par_iter()
            .enumerate()
            .filter_map(|(sample, picture)| {
                let outcome = decode(&picture.path);
                on_progress(1 + done.fetch_add(1, Ordering::Relaxed));
                let reason = outcome.err()?;
                Some(UnusablePicture { sample, reason })
            })
            .collect()
    }

    /// Reads every picture as [`unusable_pictures`](Self::unusable_pictures) does, and tells what else is odd.
    ///
    /// # Errors
    ///
    /// [`DataError::Read`] if the folder of the pictures cannot be listed. A picture that cannot be used is no error
    /// but part of the result.
    pub fn check_pictures(
        &self,
        on_progress: impl Fn(usize) + Sync,
    ) -> Result<Integrity, DataError> {
        let unusable = self.unusable_pictures(on_progress);
        let misnamed = self
            .samples()
            .par_iter()
            .filter_map(|sample| {
                let format = content_format(&sample.path)?;
                let extension = sample.path.extension()?.to_str()?.to_ascii_lowercase();
                (!format.extensions_str().contains(&extension.as_str()))
                    .then(|| (sample.path.clone(), format.to_mime_type()))
            })
            .collect();
        Ok(Integrity {
            unusable,
            misnamed,
            unlisted: self.unlisted()?,
        })
    }

    fn unlisted(&self) -> Result<Vec<PathBuf>, DataError> {
        let folder = self
            .samples()
            .first()
            .and_then(|sample| sample.path.parent())
            .filter(|_| self.layout() == Layout::OfficialLists);
        let Some(folder) = folder else {
            return Ok(Vec::new());
        };
        let listed: HashSet<_> = self.samples().iter().map(|sample| &sample.path).collect();
        let mut files = image_files(folder)?;
        files.retain(|path| !listed.contains(path));
        Ok(files)
    }
}
