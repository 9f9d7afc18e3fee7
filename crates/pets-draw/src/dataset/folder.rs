//! The output folder: what may be written into it.

use std::fs::{self, FileType};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use pets_files::FolderLock;

use super::drawn_names::DrawnNames;
use super::marker::{self, FINISHED, UNFINISHED};
use crate::{Breed, DrawConfig, DrawError};

/// Folders of a set, parents first.
pub(super) const FOLDERS: [&str; 3] = [IMAGES, "annotations", TRIMAPS];
/// Where the pictures are.
pub(super) const IMAGES: &str = "images";
/// Where the trimaps are.
pub(super) const TRIMAPS: &str = "annotations/trimaps";
/// The lists of a set.
pub(super) const ALL: &str = "annotations/list.txt";
/// The first half of each breed.
pub(super) const TRAINVAL: &str = "annotations/trainval.txt";
/// The second half of each breed.
pub(super) const TEST: &str = "annotations/test.txt";

/// The path of a picture relative to the folder.
pub(super) fn image_path(breed: &Breed, picture: usize) -> PathBuf {
    format!("{IMAGES}/{}.jpg", breed.picture_name(picture)).into()
}

/// The path of a trimap relative to the folder.
pub(super) fn trimap_path(breed: &Breed, picture: usize) -> PathBuf {
    format!("{TRIMAPS}/{}.png", breed.picture_name(picture)).into()
}

/// Whether the folder holds the wanted set; another set there is an error.
pub(super) fn is_finished(dir: &Path, config: &DrawConfig) -> Result<bool, DrawError> {
    match marker::read(&dir.join(FINISHED))? {
        None => Ok(false),
        Some(found) if found == *config => Ok(true),
        Some(found) => Err(DrawError::OtherSet {
            dir: dir.into(),
            found,
            wanted: *config,
        }),
    }
}

/// Whether `dir` holds a set whose drawing was cut off, or still goes on: not all of its pictures are there.
///
/// [`draw_dataset`](crate::draw_dataset) with the same folder draws it anew.
pub fn is_unfinished(dir: &Path) -> bool {
    dir.join(UNFINISHED).exists() && !dir.join(FINISHED).exists()
}

/// Locks the folder, made where it is missing, unless what is in it shows that no drawing was ever begun there.
pub(super) fn lock(dir: &Path) -> Result<FolderLock, DrawError> {
    let ours = [FolderLock::FILE, UNFINISHED].map(|name| dir.join(name));
    if !ours.iter().any(|path| path.exists()) {
        refuse_foreign(dir, |_, _| false)?;
    }
    Ok(FolderLock::acquire(dir, FolderLock::FILE)?)
}

/// Removes the files of an unfinished drawing, if nothing else is there. `go_on` is asked for each of them.
pub(super) fn clear(
    lock: &FolderLock,
    go_on: &dyn Fn() -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    let dir = lock.folder();
    let unfinished = marker::read(&dir.join(UNFINISHED))?;
    let names = unfinished.as_ref().map(DrawnNames::new);
    refuse_foreign(dir, |entry, kind| {
        entry == Path::new(FolderLock::FILE)
            || names.as_ref().is_some_and(|names| names.has(entry, kind))
    })?;
    if unfinished.is_none() {
        return Ok(());
    }
    remove_set(lock, go_on)
}

/// Removes the files of a set, then its folders, then its marker.
fn remove_set(
    lock: &FolderLock,
    go_on: &dyn Fn() -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    for relative in FOLDERS.iter().rev() {
        let folder = lock.folder().join(relative);
        if !folder.exists() {
            continue;
        }
        visit(&folder, |path, _| {
            go_on()?;
            lock.check()?;
            fs::remove_file(path).map_err(|source| io("remove", path, source))
        })?;
        fs::remove_dir(&folder).map_err(|source| io("remove", &folder, source))?;
    }
    let marker = lock.folder().join(UNFINISHED);
    fs::remove_file(&marker).map_err(|source| io("remove", &marker, source))
}

/// Looks at everything in the folder and in folders of a set below it: what is not `ours` is an error.
fn refuse_foreign(dir: &Path, ours: impl Fn(&Path, FileType) -> bool) -> Result<(), DrawError> {
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        visit(&dir.join(&folder), |path, kind| {
            let entry = folder.join(path.file_name().unwrap_or_default());
            if !ours(&entry, kind) {
                return Err(DrawError::Foreign {
                    dir: dir.into(),
                    entry,
                });
            }
            if kind.is_dir() {
                folders.push(entry);
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Shows each entry of a folder; none where it does not exist.
fn visit(
    folder: &Path,
    mut visitor: impl FnMut(&Path, FileType) -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    let failed = |source| io("read the folder", folder, source);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(failed(source)),
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        visitor(&entry.path(), kind)?;
    }
    Ok(())
}

pub(super) fn io(action: &'static str, path: &Path, source: std::io::Error) -> DrawError {
    DrawError::Io {
        action,
        path: path.into(),
        source,
    }
}
