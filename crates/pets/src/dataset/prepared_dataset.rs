//! A dataset, opened, split, and ready to be loaded.

use std::path::{Path, PathBuf};
use std::sync::Once;

use burn::tensor::Device;
use pets_data::{
    DataError, Dataset, Fingerprint, Integrity, Item, Loader, Split, SplitConfig, Transform,
};
use pets_draw::{DrawConfig, DrawOutcome};
use pets_eval::FewShotConfig;
use pets_fetch::Patience;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use super::{SkippedImages, fetch_dataset};
use crate::error::Error;
use crate::observer::{Note, Observer, Work};

/// What becomes of a picture that cannot be used.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum OnBadImage {
    /// `error`: it ends the work, which names it.
    #[default]
    Error,
    /// `skip`: it is left out of its part before anything is read from it, and listed among the results.
    Skip,
}

impl OnBadImage {
    /// Every choice.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// Where a dataset is, and how it is divided.
#[derive(Debug, Clone)]
pub struct DatasetConfig {
    /// The folder: the official layout, a folder per class, or `CLASS_NUMBER.jpg`.
    pub dir: PathBuf,
    /// Draws this set into the folder first, unless it is there.
    pub drawn: Option<DrawConfig>,
    /// Fetches the Oxford-IIIT Pet dataset from this address where the folder holds none.
    pub fetch_from: Option<String>,
    /// How long to put up with the network.
    pub patience: Patience,
    /// Which images train, validate and test.
    pub split: SplitConfig,
    /// What becomes of pictures that cannot be used.
    pub on_bad_image: OnBadImage,
    /// Threads that decode pictures.
    pub workers: usize,
}

impl DatasetConfig {
    /// The dataset in a folder, divided as [`SplitConfig::default`] says.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            drawn: None,
            fetch_from: None,
            patience: Patience::default(),
            split: SplitConfig::default(),
            on_bad_image: OnBadImage::default(),
            workers: Loader::available_workers(),
        }
    }
}

/// A dataset with its split.
#[derive(Debug, Clone)]
pub struct PreparedDataset {
    /// The samples and classes.
    pub dataset: Dataset,
    /// Which of them train, validate and test.
    pub split: Split,
    /// Pictures that are left out of the split; none unless the configuration says to skip them.
    pub skipped: SkippedImages,
    /// Where it is from, and how it is divided.
    pub config: DatasetConfig,
}

impl PreparedDataset {
    /// Opens and splits the dataset of `config`, drawing or fetching it first where that is asked for.
    ///
    /// # Errors
    ///
    /// [`Error::NoDataset`], [`Error::Dataset`], [`Error::Split`] and [`Error::TooManySkipped`] name the folder and what is
    /// wrong.
    pub fn open(config: DatasetConfig, observer: &dyn Observer) -> Result<Self, Error> {
        Self::split(open_dataset(&config, observer)?, config, observer)
    }

    /// Splits a dataset that is open.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn split(
        dataset: Dataset,
        config: DatasetConfig,
        observer: &dyn Observer,
    ) -> Result<Self, Error> {
        let split = Split::new(&dataset, &config.split).map_err(|source| Error::Split {
            dir: config.dir.clone(),
            source: Box::new(source),
        })?;
        let skipped = match config.on_bad_image {
            OnBadImage::Error => SkippedImages::default(),
            OnBadImage::Skip => SkippedImages::find(&dataset, observer)?,
        };
        let split = split
            .without(skipped.samples(), &dataset)
            .map_err(|source| Error::TooManySkipped {
                source: Box::new(source),
            })?;
        Ok(Self {
            dataset,
            split,
            skipped,
            config,
        })
    }

    /// Whether few-shot tasks can be drawn from the held-out classes, so that it is known before training or embedding.
    ///
    /// # Errors
    ///
    /// [`Error::TooManyWays`] and [`Error::TooManyShots`] say what is allowed.
    pub fn check_few_shot(&self, config: &FewShotConfig) -> Result<(), Error> {
        let held_out = &self.split.holdout_classes;
        if held_out.is_empty() {
            return Ok(());
        }
        let (n_way, k_shot) = (config.n_way, config.k_shot);
        if n_way > held_out.len() {
            return Err(Error::TooManyWays {
                n_way,
                held_out: held_out.len(),
            });
        }
        for &label in held_out {
            let images = self.held_out_images(label);
            if images <= k_shot {
                return Err(Error::TooManyShots {
                    k_shot,
                    class: self.class_name(label).to_owned(),
                    images,
                });
            }
        }
        Ok(())
    }

    /// Images of a held-out class that can be used.
    pub fn held_out_images(&self, label: usize) -> usize {
        let of_class = |sample: &&usize| self.dataset.samples()[**sample].label == label;
        self.split.few_shot.iter().filter(of_class).count()
    }

    /// A loader of `items` onto a device.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] where threads cannot be started.
    pub fn loader(
        &self,
        items: Vec<Item>,
        transform: Transform,
        device: &Device,
    ) -> Result<Loader, Error> {
        Ok(Loader::new(
            items,
            transform,
            device.clone(),
            self.config.workers,
        )?)
    }

    /// What tells the pictures that train and validate from others, by name, class and content.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] names a picture that cannot be read; [`Error::Interrupted`] where the observer says so.
    pub(crate) fn fingerprint_of_training(
        &self,
        observer: &dyn Observer,
    ) -> Result<Fingerprint, Error> {
        let samples = [&self.split.train[..], &self.split.val].concat();
        let work = Work::new("recognising", samples.len(), "pictures");
        observer.begun(&work);
        let found = self.dataset.fingerprint(&samples, |done| {
            observer.advanced(&work, done);
            !observer.cancelled()
        })?;
        observer.ended(&work);
        Ok(found)
    }

    /// Samples that can be used, of all parts.
    pub fn usable_samples(&self) -> Vec<usize> {
        let all = 0..self.dataset.samples().len();
        let skipped = self.skipped.samples();
        all.filter(|sample| !skipped.contains(sample)).collect()
    }

    /// Names of the classes that are trained, in the order of the training labels.
    pub fn train_class_names(&self) -> Vec<String> {
        let labels = self.split.train_classes.iter();
        labels
            .map(|label| self.class_name(*label).to_owned())
            .collect()
    }

    /// Names of the dataset's classes, in the order of its labels.
    pub fn class_names(&self) -> Vec<String> {
        let classes = self.dataset.classes().iter();
        classes.map(|class| class.name.clone()).collect()
    }

    /// Name of a class of the dataset.
    ///
    /// # Panics
    ///
    /// If `label` is not one of the dataset's.
    pub fn class_name(&self, label: usize) -> &str {
        &self.dataset.classes()[label].name
    }
}

/// Opens the dataset of `config`, drawing or fetching it first where that is asked for.
///
/// # Errors
///
/// [`Error::NoDataset`] where there is none, [`Error::Dataset`] where it cannot be opened, [`Error::UnfinishedDrawing`],
/// and errors of drawing and fetching.
pub fn open_dataset(config: &DatasetConfig, observer: &dyn Observer) -> Result<Dataset, Error> {
    if let Some(drawn) = &config.drawn {
        draw_dataset(drawn, &config.dir, observer)?;
    }
    if pets_draw::is_unfinished(&config.dir) {
        return Err(Error::UnfinishedDrawing {
            dir: config.dir.clone(),
        });
    }
    let mut opened = Dataset::open(&config.dir);
    if let (Err(DataError::NotFound { .. }), Some(url)) = (&opened, &config.fetch_from) {
        fetch_dataset(url, &config.dir, config.patience, observer)?;
        opened = Dataset::open(&config.dir);
    }
    let dataset = opened.map_err(|error| match error {
        DataError::NotFound { looked_for, .. } => Error::NoDataset {
            dir: config.dir.clone(),
            looked_for,
        },
        source => Error::Dataset {
            dir: config.dir.clone(),
            source: Box::new(source),
        },
    })?;
    if !dataset.empty_folders().is_empty() {
        observer.noted(&Note::EmptyFolders(dataset.empty_folders()));
    }
    Ok(dataset)
}

/// Reads every picture of a dataset, and tells what is wrong with which.
///
/// # Errors
///
/// [`Error::Data`] if the folder of the pictures cannot be listed, [`Error::Interrupted`] where the observer says so.
pub fn check_pictures(dataset: &Dataset, observer: &dyn Observer) -> Result<Integrity, Error> {
    let work = Work::new("reading", dataset.samples().len(), "pictures");
    observer.begun(&work);
    let found = dataset.check_pictures(|done| {
        observer.advanced(&work, done);
        !observer.cancelled()
    })?;
    observer.ended(&work);
    Ok(found)
}

/// Draws a dataset, unless it is there already.
///
/// # Errors
///
/// [`Error::Draw`] where the folder holds something else or cannot be written.
pub fn draw_dataset(
    config: &DrawConfig,
    folder: &Path,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let work = Work::new("drawing", config.total(), "pictures");
    let begun = Once::new();
    let outcome = pets_draw::draw_dataset(config, folder, |done, _| {
        begun.call_once(|| observer.begun(&work));
        observer.advanced(&work, done);
        !observer.cancelled()
    })?;
    match outcome {
        DrawOutcome::Drawn => observer.ended(&work),
        DrawOutcome::AlreadyThere => observer.noted(&Note::AlreadyThere(folder)),
    }
    Ok(())
}
