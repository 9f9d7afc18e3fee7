//! The files that a drawing makes, known by their names.

use std::collections::HashSet;
use std::fs::FileType;
use std::path::Path;

use super::folder::{ALL, FOLDERS, IMAGES, TEST, TRAINVAL, TRIMAPS};
use super::marker::UNFINISHED;
use crate::{DrawConfig, breeds};

/// The names of a set, without a list of them: there may be thousands of millions.
pub(super) struct DrawnNames {
    breeds: HashSet<String>,
    images: usize,
}

impl DrawnNames {
    pub(super) fn new(config: &DrawConfig) -> Self {
        Self {
            breeds: breeds(config).into_iter().map(|breed| breed.name).collect(),
            images: config.images(),
        }
    }

    /// Whether drawing the set makes this file or folder before it is finished; `entry` is relative to the set.
    pub(super) fn has(&self, entry: &Path, kind: FileType) -> bool {
        let among = |names: &[&str]| names.iter().any(|name| entry == Path::new(name));
        if kind.is_dir() {
            return among(&FOLDERS);
        }
        kind.is_file() && (among(&[ALL, TRAINVAL, TEST, UNFINISHED]) || self.has_picture(entry))
    }

    fn has_picture(&self, entry: &Path) -> bool {
        let extension = match entry.parent() {
            Some(parent) if parent == Path::new(IMAGES) => ".jpg",
            Some(parent) if parent == Path::new(TRIMAPS) => ".png",
            _ => return false,
        };
        let name = entry.file_name().and_then(|name| name.to_str());
        name.and_then(|name| name.strip_suffix(extension)?.rsplit_once('_'))
            .is_some_and(|(breed, number)| self.breeds.contains(breed) && self.has_number(number))
    }

    fn has_number(&self, text: &str) -> bool {
        let canonical = |number: &usize| number.to_string() == text;
        let number = text.parse().ok().filter(canonical);
        number.is_some_and(|number| (1..=self.images).contains(&number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_breed_and_number() {
        let config = DrawConfig::new(3, 20, 64, 1).unwrap();
        let names = DrawnNames::new(&config);
        let breed = breeds(&config)[1].name().to_owned();
        let has = |name: String| names.has_picture(Path::new(&name));
        assert!(has(format!("images/{breed}_1.jpg")));
        assert!(has(format!("annotations/trimaps/{breed}_20.png")));
        for other in [
            format!("images/{breed}_0.jpg"),
            format!("images/{breed}_21.jpg"),
            format!("images/{breed}_01.jpg"),
            format!("images/{breed}_+1.jpg"),
            format!("images/{breed}_1.png"),
            format!("images/{breed}.jpg"),
            format!("images/{breed}x_1.jpg"),
            format!("images/deep/{breed}_1.jpg"),
            format!("{breed}_1.jpg"),
        ] {
            assert!(!has(other.clone()), "{other}");
        }
    }
}
