//! The division of a dataset into training, validation, test and held-out classes.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use crate::seeding::{Purpose, stream};
use crate::{DataError, Dataset, Item, OfficialPart};

/// Where the test part comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SplitKind {
    /// `random`: drawn from each class.
    #[default]
    Random,
    /// `official`: `test.txt` is the test part; `trainval.txt` is divided into train and val.
    Official,
}

impl SplitKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Random, Self::Official];
}

impl fmt::Display for SplitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Random => "random",
            Self::Official => "official",
        })
    }
}

impl FromStr for SplitKind {
    type Err = DataError;

    fn from_str(name: &str) -> Result<Self, DataError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.to_string() == name)
            .ok_or_else(|| DataError::UnknownSplit {
                given: name.to_owned(),
                allowed: Self::ALL.map(|kind| kind.to_string()).join(", "),
            })
    }
}

/// How to divide a dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitConfig {
    /// Where the test part comes from.
    pub kind: SplitKind,
    /// Share of train in train + val, in (0, 1]; 1 makes no val part.
    pub train_val_split: f64,
    /// Share of train + val in everything, in (0, 1]; 1 makes no test part. Not used by the official split.
    pub train_test_split: f64,
    /// Names of classes that leave train, val and test; all their images form the few-shot part.
    pub holdout: Vec<String>,
    /// The run's seed.
    pub seed: u64,
}

impl Default for SplitConfig {
    /// A random split into 72 % to train on, 18 % to validate on and 10 % to test on, with no class held out.
    fn default() -> Self {
        Self {
            kind: SplitKind::default(),
            train_val_split: 0.8,
            train_test_split: 0.9,
            holdout: Vec::new(),
            seed: 42,
        }
    }
}

/// A dataset divided into disjoint parts, each a sorted list of indices into [`Dataset::samples`].
///
/// Every class that is not held out is divided by itself, so each part has about the same mix of classes. Of `n` images
/// of a class, `round(n · train_test_split)` stay for train and val, of `m` that stay `round(m · train_val_split)` are
/// train (halves round up), and each part that is asked for gets at least one image. How a class is divided does not
/// depend on which others are held out.
///
/// ```no_run
/// use pets_data::{Dataset, Split, SplitConfig};
/// let dataset = Dataset::open("data/oxford-iiit-pet")?;
/// let split = Split::new(&dataset, &SplitConfig {
///     holdout: vec!["Siamese".into(), "samoyed".into()],
///     ..SplitConfig::default()
/// })?;
/// println!("{} training images of {} classes", split.train.len(), split.train_classes.len());
/// # Ok::<(), pets_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// Indices of the samples to train on.
    pub train: Vec<usize>,
    /// Indices of the samples to validate on; empty if `train_val_split` is 1.
    pub val: Vec<usize>,
    /// Indices of the samples to test on.
    pub test: Vec<usize>,
    /// Indices of all samples of the held-out classes.
    pub few_shot: Vec<usize>,
    /// Dataset labels of the classes trained on, ascending; the train label of a class is its position here.
    pub train_classes: Vec<usize>,
    /// Dataset labels of the classes held out, ascending.
    pub holdout_classes: Vec<usize>,
}

impl Split {
    /// Divides `dataset` as `config` says.
    ///
    /// In the official split, samples that neither `trainval.txt` nor `test.txt` lists are left out.
    ///
    /// # Errors
    ///
    /// A share out of range; a hold-out class that does not exist (with the nearest name); fewer than two classes left;
    /// a class with fewer images than parts; an official split without images for one of its lists.
    pub fn new(dataset: &Dataset, config: &SplitConfig) -> Result<Self, DataError> {
        check_share("train_val_split", config.train_val_split)?;
        check_share("train_test_split", config.train_test_split)?;
        let (holdout_classes, train_classes) = divide_classes(dataset, &config.holdout)?;

        let mut split = Self {
            train: Vec::new(),
            val: Vec::new(),
            test: Vec::new(),
            few_shot: Vec::new(),
            train_classes,
            holdout_classes,
        };
        let mut samples_of_class = vec![Vec::new(); dataset.classes().len()];
        for (index, sample) in dataset.samples().iter().enumerate() {
            samples_of_class[sample.label].push(index);
        }
        if config.kind == SplitKind::Official {
            split.check_official_parts(dataset)?;
        }
        for &label in &split.holdout_classes {
            split.few_shot.append(&mut samples_of_class[label]);
        }
        for &label in &split.train_classes {
            let class = divide_class(dataset, config, label, &samples_of_class[label])?;
            split.train.extend(class.train);
            split.val.extend(class.val);
            split.test.extend(class.test);
        }
        for part in [
            &mut split.train,
            &mut split.val,
            &mut split.test,
            &mut split.few_shot,
        ] {
            part.sort_unstable();
        }
        Ok(split)
    }

    /// The split without these samples, whose pictures cannot be used. Every other sample stays in its part, so that a
    /// picture repaired later comes back where it was.
    ///
    /// # Errors
    ///
    /// [`DataError::NoUsableImage`] if a class has nothing left to train on.
    ///
    /// # Panics
    ///
    /// If `dataset` is not the one that was split.
    pub fn without(
        mut self,
        samples: &BTreeSet<usize>,
        dataset: &Dataset,
    ) -> Result<Self, DataError> {
        let before = self.train_counts(dataset);
        for part in [
            &mut self.train,
            &mut self.val,
            &mut self.test,
            &mut self.few_shot,
        ] {
            part.retain(|index| !samples.contains(index));
        }
        let lost = self
            .train_counts(dataset)
            .iter()
            .position(|&left| left == 0);
        match lost {
            Some(label) => Err(DataError::NoUsableImage {
                class: dataset.classes()[self.train_classes[label]].name.clone(),
                unusable: before[label],
            }),
            None => Ok(self),
        }
    }

    /// The number of images to train on of each class, by train label.
    fn train_counts(&self, dataset: &Dataset) -> Vec<usize> {
        let mut counts = vec![0; self.train_classes.len()];
        for item in self.train_items(dataset) {
            counts[item.label] += 1;
        }
        counts
    }

    /// The label in training, 0..C−1 for C classes trained on, of a class with this label in the dataset;
    /// `None` for a class held out.
    pub fn train_label(&self, dataset_label: usize) -> Option<usize> {
        self.train_classes.binary_search(&dataset_label).ok()
    }

    /// The train part as items for a [`Loader`](crate::Loader), with train labels.
    ///
    /// # Panics
    ///
    /// If `dataset` is not the one that was split.
    pub fn train_items(&self, dataset: &Dataset) -> Vec<Item> {
        self.relabelled(dataset, &self.train)
    }

    /// The val part as items for a [`Loader`](crate::Loader), with train labels.
    ///
    /// # Panics
    ///
    /// If `dataset` is not the one that was split.
    pub fn val_items(&self, dataset: &Dataset) -> Vec<Item> {
        self.relabelled(dataset, &self.val)
    }

    fn relabelled(&self, dataset: &Dataset, indices: &[usize]) -> Vec<Item> {
        let mut items = dataset.items(indices);
        for item in &mut items {
            item.label = self
                .train_label(item.label)
                .expect("train and val hold only samples of the classes trained on");
        }
        items
    }

    fn check_official_parts(&self, dataset: &Dataset) -> Result<(), DataError> {
        for (part, list) in [
            (OfficialPart::TrainVal, "trainval.txt"),
            (OfficialPart::Test, "test.txt"),
        ] {
            let listed = dataset.samples().iter().any(|sample| {
                sample.part == Some(part) && self.train_label(sample.label).is_some()
            });
            if !listed {
                return Err(DataError::EmptyPart { part: list });
            }
        }
        Ok(())
    }
}

fn check_share(name: &'static str, value: f64) -> Result<(), DataError> {
    if value > 0.0 && value <= 1.0 {
        Ok(())
    } else {
        Err(DataError::ShareOutOfRange { name, value })
    }
}

/// Labels held out and labels trained on, both ascending.
fn divide_classes(
    dataset: &Dataset,
    holdout: &[String],
) -> Result<(Vec<usize>, Vec<usize>), DataError> {
    let held_out: BTreeSet<usize> = holdout
        .iter()
        .map(|name| dataset.label_of(name))
        .collect::<Result<_, _>>()?;
    let classes = dataset.classes().len();
    let train: Vec<usize> = (0..classes)
        .filter(|label| !held_out.contains(label))
        .collect();
    if train.len() < 2 {
        return Err(DataError::TooFewClasses {
            left: train.len(),
            classes,
            held_out: held_out.len(),
        });
    }
    Ok((held_out.into_iter().collect(), train))
}

/// One class's samples by part.
struct DividedClass {
    train: Vec<usize>,
    val: Vec<usize>,
    test: Vec<usize>,
}

fn divide_class(
    dataset: &Dataset,
    config: &SplitConfig,
    label: usize,
    indices: &[usize],
) -> Result<DividedClass, DataError> {
    let listed = |part| {
        let in_part = |index: &usize| dataset.samples()[*index].part == Some(part);
        indices
            .iter()
            .copied()
            .filter(in_part)
            .collect::<Vec<usize>>()
    };
    let (mut to_divide, listed_test, train_val_share) = match config.kind {
        SplitKind::Random => (indices.to_vec(), Vec::new(), config.train_test_split),
        SplitKind::Official => (
            listed(OfficialPart::TrainVal),
            listed(OfficialPart::Test),
            1.0,
        ),
    };
    let needed_for_train_val = 1 + usize::from(config.train_val_split < 1.0);
    let needed = needed_for_train_val + usize::from(train_val_share < 1.0);
    if to_divide.len() < needed {
        return Err(DataError::TooFewImages {
            class: dataset.classes()[label].name.clone(),
            images: to_divide.len(),
            needed,
        });
    }
    to_divide.shuffle(&mut stream(config.seed, Purpose::Split, label as u64, 0));
    let mut test = split_off_rest(&mut to_divide, train_val_share, needed_for_train_val);
    test.extend(listed_test);
    let val = split_off_rest(&mut to_divide, config.train_val_split, 1);
    Ok(DividedClass {
        train: to_divide,
        val,
        test,
    })
}

/// Keeps this share of `indices`, at least `least` of them, and splits off the rest: nothing if the share is 1, else at
/// least one.
fn split_off_rest(indices: &mut Vec<usize>, share: f64, least: usize) -> Vec<usize> {
    if share >= 1.0 {
        return Vec::new();
    }
    let kept = (share * indices.len() as f64).round() as usize;
    indices.split_off(kept.clamp(least, indices.len() - 1))
}
