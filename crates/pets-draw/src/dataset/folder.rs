//! The output folder: what may be written into it.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::marker::{self, FINISHED, UNFINISHED};
use crate::{Breed, DrawConfig, DrawError, breeds};

/// Folders of a set, parents first.
pub(super) const FOLDERS: [&str; 3] = ["images", "annotations", "annotations/trimaps"];
/// The lists of a set.
pub(super) const ALL: &str = "annotations/list.txt";
/// The first half of each breed.
pub(super) const TRAINVAL: &str = "annotations/trainval.txt";
/// The second half of each breed.
pub(super) const TEST: &str = "annotations/test.txt";

/// What was found in an output folder that may be used.
pub(super) enum State {
    /// Nothing, or an unfinished set that was cleared away.
    Free,
    /// The wanted set.
    Finished,
}

/// The path of a picture relative to the folder.
pub(super) fn image_path(breed: &Breed, picture: usize) -> PathBuf {
    format!("images/{}.jpg", breed.picture_name(picture)).into()
}

/// The path of a trimap relative to the folder.
pub(super) fn trimap_path(breed: &Breed, picture: usize) -> PathBuf {
    format!("annotations/trimaps/{}.png", breed.picture_name(picture)).into()
}

/// Looks at the folder, and removes the files of an unfinished drawing if nothing else is there.
pub(super) fn prepare(dir: &Path, config: &DrawConfig) -> Result<State, DrawError> {
    if let Some(found) = marker::read(&dir.join(FINISHED))? {
        return if found == *config {
            Ok(State::Finished)
        } else {
            Err(DrawError::OtherSet {
                dir: dir.into(),
                found,
                wanted: *config,
            })
        };
    }
    let unfinished = marker::read(&dir.join(UNFINISHED))?;
    let ours = unfinished.map(|config| files(&config)).unwrap_or_default();
    let entries = entries(dir)?;
    if let Some(foreign) = entries.iter().find(|entry| !ours.contains(*entry)) {
        return Err(DrawError::Foreign {
            dir: dir.into(),
            entry: foreign.clone(),
        });
    }
    for file in entries
        .iter()
        .filter(|entry| **entry != Path::new(UNFINISHED))
    {
        let path = dir.join(file);
        if !path.is_dir() {
            fs::remove_file(&path).map_err(|source| io("remove", &path, source))?;
        }
    }
    Ok(State::Free)
}

/// Every file and folder that drawing this set makes before it is finished, relative to the folder.
fn files(config: &DrawConfig) -> BTreeSet<PathBuf> {
    let fixed = FOLDERS.into_iter().chain([ALL, TRAINVAL, TEST, UNFINISHED]);
    let mut files: BTreeSet<PathBuf> = fixed.map(PathBuf::from).collect();
    for breed in breeds(config) {
        for picture in 0..config.images() {
            files.insert(image_path(&breed, picture));
            files.insert(trimap_path(&breed, picture));
        }
    }
    files
}

/// Everything in the folder and below it, relative to it, sorted; nothing where it does not exist.
fn entries(dir: &Path) -> Result<BTreeSet<PathBuf>, DrawError> {
    let mut found = BTreeSet::new();
    let mut open = vec![PathBuf::new()];
    while let Some(folder) = open.pop() {
        let path = dir.join(&folder);
        let read = match fs::read_dir(&path) {
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(source) => return Err(io("read the folder", &path, source)),
        };
        for entry in read {
            let entry = entry.map_err(|source| io("read the folder", &path, source))?;
            let kind = entry
                .file_type()
                .map_err(|source| io("look at", &entry.path(), source))?;
            let relative = folder.join(entry.file_name());
            // A folder of someone else is foreign by itself; what is in it need not be read.
            if kind.is_dir() && FOLDERS.iter().any(|ours| relative == Path::new(ours)) {
                open.push(relative.clone());
            }
            found.insert(relative);
        }
    }
    Ok(found)
}

pub(super) fn io(action: &'static str, path: &Path, source: std::io::Error) -> DrawError {
    DrawError::Io {
        action,
        path: path.into(),
        source,
    }
}
