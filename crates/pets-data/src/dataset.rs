//! A dataset: classes, and samples with path and label.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::layout::class::{Class, Species, nearest_name};
use crate::layout::folder_layout::{FoundImage, FoundLayout, Layout, find_images};
use crate::layout::official_lists::OfficialPart;
use crate::{DataError, Item};

/// A labelled image of the dataset.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sample {
    /// The image's name without extension, such as `Egyptian_Mau_12`; `CLASS/NAME` in a folder per class.
    pub name: String,
    /// The image file.
    pub path: PathBuf,
    /// Index of its class in [`Dataset::classes`].
    pub label: usize,
    /// The official part it belongs to, where an official list says so.
    pub part: Option<OfficialPart>,
}

/// The labelled images of a folder: what is there, not yet read.
///
/// Classes and samples are sorted by name, byte by byte (so capital letters, hence cats, come first), and never
/// depend on the order in which the file system lists them.
///
/// ```no_run
/// let dataset = pets_data::Dataset::open("data/oxford-iiit-pet")?;
/// for (class, count) in dataset.classes().iter().zip(dataset.class_counts()) {
///     println!("{:30} {count}", class.name);
/// }
/// # Ok::<(), pets_data::DataError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Dataset {
    root: PathBuf,
    layout: Layout,
    classes: Vec<Class>,
    samples: Vec<Sample>,
    empty_folders: Vec<PathBuf>,
}

impl Dataset {
    /// Finds the images of `dir`, in the first of these layouts that it has:
    ///
    /// 1. `images/` with `annotations/{list,trainval,test}.txt` (those that exist): Oxford-IIIT Pet as published.
    ///    Only images in a list count, and each of them must be there.
    /// 2. `images/` alone: every image, its class from its file name, `CLASS_NUMBER.jpg`.
    /// 3. the same two in `oxford-iiit-pet/`, where torchvision puts the dataset.
    /// 4. `CLASS/*.jpg`: a folder per class, species unknown.
    /// 5. `CLASS_NUMBER.jpg` directly in `dir`.
    ///
    /// Images are jpg, jpeg, png, webp, bmp and gif files; hidden files, macOS's `._*` and files of other kinds
    /// (the original download has a few `.mat`) are passed over. In the layouts that name the class in the file
    /// name, a capital first letter is a cat.
    ///
    /// # Errors
    ///
    /// [`DataError::NotFound`] if there is no image; an error that names file and line if a list is wrong, contradicts
    /// another list or a file name, or names an image that is not there; one that names the file if a file name tells
    /// no class; [`DataError::SameFolder`] if links make one folder two classes; [`DataError::Read`] if a folder or list cannot be read.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, DataError> {
        let root = dir.as_ref().to_path_buf();
        let FoundLayout {
            layout,
            images: mut found,
            empty_folders,
        } = find_images(&root)?;
        found.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
        let names: BTreeSet<&str> = found.iter().map(|image| image.class.as_str()).collect();
        let classes: Vec<Class> = names
            .into_iter()
            .map(|name| Class {
                name: name.to_owned(),
                species: match layout {
                    Layout::FolderPerClass => None,
                    Layout::OfficialLists | Layout::ClassInFileName => {
                        Some(Species::of_class_name(name))
                    }
                },
            })
            .collect();
        let samples = found
            .into_iter()
            .map(|image| labelled(image, &classes))
            .collect();
        Ok(Self {
            root,
            layout,
            classes,
            samples,
            empty_folders,
        })
    }

    /// The folder that was opened.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The layout it has.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The classes, sorted by name; a label is an index into them.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The images, sorted by name.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Folders beside those of the classes that hold no image, and so make no class.
    pub fn empty_folders(&self) -> &[PathBuf] {
        &self.empty_folders
    }

    /// The number of images of each class, in the order of [`Dataset::classes`].
    pub fn class_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes.len()];
        for sample in &self.samples {
            counts[sample.label] += 1;
        }
        counts
    }

    /// The label of the class called `name`.
    ///
    /// # Errors
    ///
    /// [`DataError::UnknownClass`], with the most similar name there is.
    pub fn label_of(&self, name: &str) -> Result<usize, DataError> {
        let names = || self.classes.iter().map(|class| class.name.as_str());
        names()
            .position(|known| known == name)
            .ok_or_else(|| DataError::UnknownClass {
                name: name.to_owned(),
                suggestion: nearest_name(name, names()).map(str::to_owned),
                classes: self.classes.len(),
            })
    }

    /// The samples with these indices as items for a [`Loader`](crate::Loader), with the dataset's own labels.
    ///
    /// # Panics
    ///
    /// If an index is not below the number of samples.
    pub fn items(&self, indices: &[usize]) -> Vec<Item> {
        indices
            .iter()
            .map(|&index| &self.samples[index])
            .map(|sample| Item {
                path: sample.path.clone(),
                label: sample.label,
            })
            .collect()
    }
}

fn labelled(image: FoundImage, classes: &[Class]) -> Sample {
    let label = classes
        .binary_search_by(|class| class.name.as_str().cmp(&image.class))
        .expect("classes are the sorted set of the images' classes");
    Sample {
        name: image.name,
        path: image.path,
        label,
        part: image.part,
    }
}
