//! Drawn pets.

use std::path::{Path, PathBuf};

use pets::draw::DrawConfig;

/// A folder with some pictures of each of some breeds, 64 pixels wide.
pub(crate) fn pets(breeds: usize, images: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let config = DrawConfig::new(breeds, images, 64, 7).unwrap();
    pets::draw_dataset(&config, folder.path(), &()).unwrap();
    folder
}

/// The pictures in a drawn dataset, in the order of their names.
pub(crate) fn pictures(dataset: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dataset.join("images")).unwrap();
    let mut pictures: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    pictures.sort();
    pictures
}
