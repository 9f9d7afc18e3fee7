//! Whether every picture of a dataset can be used.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::decode::{content_format, decode};
use crate::folder_layout::image_files;
use crate::{DataError, Dataset, Layout};

/// What reading every picture of a dataset showed.
#[derive(Debug)]
pub struct Integrity {
    /// Samples whose picture cannot be read or decoded, with the reason.
    pub unusable: Vec<DataError>,
    /// Pictures in another format than their extension says, and that format; they are read all the same.
    pub misnamed: Vec<(PathBuf, &'static str)>,
    /// Pictures beside the samples that no official list names; they are left alone.
    pub unlisted: Vec<PathBuf>,
}

impl Dataset {
    /// Decodes every picture, on all cores; `on_progress` is told how many are done.
    ///
    /// # Errors
    ///
    /// [`DataError::Read`] if the folder of the pictures cannot be listed. A picture that cannot be used is no error
    /// but part of the result.
    pub fn check_pictures(
        &self,
        on_progress: impl Fn(usize) + Sync,
    ) -> Result<Integrity, DataError> {
        let done = AtomicUsize::new(0);
        let unusable = self
            .samples()
            .par_iter()
            .filter_map(|sample| {
                let outcome = decode(&sample.path);
                on_progress(1 + done.fetch_add(1, Ordering::Relaxed));
                outcome.err()
            })
            .collect();
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
