//! Whether every picture of a dataset can be used.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::every_sample::for_every_sample;
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
    /// `on_progress` is told how many are done, and says whether to go on.
    ///
    /// # Errors
    ///
    /// [`DataError::Interrupted`].
    pub fn unusable_pictures(
        &self,
        on_progress: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<UnusablePicture>, DataError> {
        let unusable = for_every_sample(
            &self.all_samples(),
            |sample| self.unusable_picture(sample),
            on_progress,
        )?;
        Ok(unusable.into_iter().flatten().collect())
    }

    /// Reads every picture as [`unusable_pictures`](Self::unusable_pictures) does, and tells what else is odd.
    ///
    /// # Errors
    ///
    /// [`DataError::Read`] if the folder of the pictures cannot be listed; [`DataError::Interrupted`]. A picture that
    /// cannot be used is no error but part of the result.
    pub fn check_pictures(
        &self,
        on_progress: impl Fn(usize) -> bool + Sync,
    ) -> Result<Integrity, DataError> {
        let (unusable, misnamed): (Vec<_>, Vec<_>) = for_every_sample(
            &self.all_samples(),
            |sample| (self.unusable_picture(sample), self.misnamed_picture(sample)),
            on_progress,
        )?
        .into_iter()
        .unzip();
        Ok(Integrity {
            unusable: unusable.into_iter().flatten().collect(),
            misnamed: misnamed.into_iter().flatten().collect(),
            unlisted: self.unlisted()?,
        })
    }

    fn all_samples(&self) -> Vec<usize> {
        (0..self.samples().len()).collect()
    }

    fn unusable_picture(&self, sample: usize) -> Option<UnusablePicture> {
        let reason = decode(&self.samples()[sample].path).err()?;
        Some(UnusablePicture { sample, reason })
    }

    fn misnamed_picture(&self, sample: usize) -> Option<(PathBuf, &'static str)> {
        let path = &self.samples()[sample].path;
        let format = content_format(path)?;
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        let named = format.extensions_str().contains(&extension.as_str());
        (!named).then(|| (path.clone(), format.to_mime_type()))
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
