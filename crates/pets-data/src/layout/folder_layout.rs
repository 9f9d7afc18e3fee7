//! Which of the known layouts a folder has, and the images in it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::DataError;
use crate::layout::class::class_of_image_name;
use crate::layout::official_lists::{ListedImage, OfficialPart, read_lists};

/// How a dataset is laid out on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Layout {
    /// `images/NAME.jpg` with the official lists in `annotations/`.
    OfficialLists,
    /// `CLASS_NUMBER.jpg` in one folder, without lists.
    ClassInFileName,
    /// `CLASS/NAME.jpg`.
    FolderPerClass,
}

/// An image with the class its layout gives it.
pub(crate) struct FoundImage {
    pub(crate) name: String,
    pub(crate) class: String,
    pub(crate) path: PathBuf,
    pub(crate) part: Option<OfficialPart>,
}

/// Extensions of the formats that can be decoded, in the order in which one is preferred to another.
const IMAGE_EXTENSIONS: [&str; 6] = ["jpg", "jpeg", "png", "webp", "bmp", "gif"];

/// The folder into which torchvision's `OxfordIIITPet` puts the dataset.
const TORCHVISION_FOLDER: &str = "oxford-iiit-pet";

/// What a folder holds.
pub(crate) struct FoundLayout {
    pub(crate) layout: Layout,
    /// The images, unsorted.
    pub(crate) images: Vec<FoundImage>,
    /// Folders that stand where those of classes do, and hold no image.
    pub(crate) empty_folders: Vec<PathBuf>,
}

impl FoundLayout {
    fn of(layout: Layout, images: Vec<FoundImage>) -> Self {
        Self {
            layout,
            images,
            empty_folders: Vec::new(),
        }
    }
}

/// Finds the layout of `dir` and its images.
pub(crate) fn find_images(dir: &Path) -> Result<FoundLayout, DataError> {
    let mut looked_for = Vec::new();
    for root in [dir.to_path_buf(), dir.join(TORCHVISION_FOLDER)] {
        let images = root.join("images");
        if images.is_dir() {
            let files = image_files(&images)?;
            if let Some(listed) = read_lists(&root.join("annotations"))?.filter(|l| !l.is_empty()) {
                return Ok(FoundLayout::of(
                    Layout::OfficialLists,
                    listed_images(listed, &images, files)?,
                ));
            }
            if !files.is_empty() {
                return Ok(FoundLayout::of(
                    Layout::ClassInFileName,
                    named_images(files)?,
                ));
            }
        }
        looked_for.push(images);
    }
    if dir.is_dir() {
        let found = images_in_class_folders(dir)?;
        if !found.images.is_empty() {
            return Ok(found);
        }
        let files = image_files(dir)?;
        if !files.is_empty() {
            return Ok(FoundLayout::of(
                Layout::ClassInFileName,
                named_images(files)?,
            ));
        }
    }
    looked_for.push(dir.join("CLASS").join("*.jpg"));
    looked_for.push(dir.join("CLASS_NUMBER.jpg"));
    Err(DataError::NotFound {
        dir: dir.to_path_buf(),
        looked_for,
    })
}

/// The listed images; each must be among `files`.
fn listed_images(
    listed: BTreeMap<String, ListedImage>,
    images: &Path,
    files: Vec<PathBuf>,
) -> Result<Vec<FoundImage>, DataError> {
    let mut path_of_name: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in files {
        let name = file_stem(&path);
        if path_of_name
            .get(&name)
            .is_none_or(|held| preference(&path) < preference(held))
        {
            path_of_name.insert(name, path);
        }
    }
    let first_missing = listed
        .iter()
        .find(|(name, _)| !path_of_name.contains_key(*name));
    if let Some((name, image)) = first_missing {
        return Err(DataError::MissingImage {
            file: image.file.clone(),
            line: image.line,
            name: name.clone(),
            images: images.to_path_buf(),
            missing: listed
                .keys()
                .filter(|name| !path_of_name.contains_key(*name))
                .count(),
            listed: listed.len(),
        });
    }
    Ok(listed
        .into_iter()
        .filter_map(|(name, image)| {
            let path = path_of_name.remove(&name)?;
            let class = class_of_image_name(&name)?.to_owned();
            Some(FoundImage {
                name,
                class,
                path,
                part: image.part,
            })
        })
        .collect())
}

fn named_images(files: Vec<PathBuf>) -> Result<Vec<FoundImage>, DataError> {
    files
        .into_iter()
        .map(|path| {
            let name = file_stem(&path);
            match class_of_image_name(&name).map(str::to_owned) {
                Some(class) => Ok(FoundImage {
                    name,
                    class,
                    path,
                    part: None,
                }),
                None => Err(DataError::ClasslessName { path }),
            }
        })
        .collect()
}

fn images_in_class_folders(dir: &Path) -> Result<FoundLayout, DataError> {
    let mut found = FoundLayout::of(Layout::FolderPerClass, Vec::new());
    let mut folder_of_place: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    let dir_place = canonical(dir)?;
    for folder in visible_entries(dir)? {
        if !folder.is_dir() {
            continue;
        }
        let files = image_files(&folder)?;
        if files.is_empty() {
            found.empty_folders.push(folder);
            continue;
        }
        // Asking the system for the place of every folder would take most of the time where there are many.
        let place = if folder.is_symlink() {
            canonical(&folder)?
        } else {
            dir_place.join(folder.file_name().unwrap_or_default())
        };
        if let Some(first) = folder_of_place.insert(place, folder.clone()) {
            return Err(DataError::SameFolder {
                first,
                second: folder,
            });
        }
        let class = file_name(&folder);
        found
            .images
            .extend(files.into_iter().map(|path| FoundImage {
                name: format!("{class}/{}", file_stem(&path)),
                class: class.clone(),
                path,
                part: None,
            }));
    }
    Ok(found)
}

fn canonical(folder: &Path) -> Result<PathBuf, DataError> {
    fs::canonicalize(folder).map_err(|source| DataError::Read {
        path: folder.to_path_buf(),
        source,
    })
}

/// What is directly inside `folder` under the name of an image. Links that lead nowhere, folders, pipes and devices are
/// among them, so that reading them tells of it.
pub(crate) fn image_files(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let mut files = visible_entries(folder)?;
    files.retain(|path| preference(path).is_some());
    Ok(files)
}

/// What is directly inside `folder`, sorted, without hidden entries (`.git`, macOS's `._NAME.jpg`) and
/// macOS's archive folder.
fn visible_entries(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let entries: io::Result<Vec<PathBuf>> = fs::read_dir(folder).and_then(|entries| {
        entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect()
    });
    let mut entries = entries.map_err(|source| DataError::Read {
        path: folder.to_path_buf(),
        source,
    })?;
    entries.retain(|path| {
        let name = file_name(path);
        !name.starts_with('.') && name != "__MACOSX"
    });
    entries.sort();
    Ok(entries)
}

/// The rank of the file's extension among those of images; `None` if it is no image.
fn preference(path: &Path) -> Option<usize> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    IMAGE_EXTENSIONS
        .iter()
        .position(|&known| known == extension)
}

fn file_stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
