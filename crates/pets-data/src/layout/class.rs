//! Classes and species, and what file names tell of them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Cat or dog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Species {
    /// `SPECIES` 1 of the official lists; class names begin with a capital letter.
    Cat,
    /// `SPECIES` 2 of the official lists; class names begin with a small letter.
    Dog,
}

impl Species {
    /// The species that the Oxford-IIIT Pet naming rule gives a class: a capital first letter is a cat.
    ///
    /// ```
    /// use pets_data::Species;
    /// assert_eq!(Species::of_class_name("Egyptian_Mau"), Species::Cat);
    /// assert_eq!(Species::of_class_name("american_bulldog"), Species::Dog);
    /// ```
    pub fn of_class_name(name: &str) -> Self {
        if name.chars().next().is_some_and(char::is_uppercase) {
            Self::Cat
        } else {
            Self::Dog
        }
    }
}

impl fmt::Display for Species {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cat => "cat",
            Self::Dog => "dog",
        })
    }
}

/// A class of the dataset: a breed, or whatever the folders stand for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Class {
    /// Its name, such as `Egyptian_Mau`.
    pub name: String,
    /// Its species; `None` in a plain folder per class.
    pub species: Option<Species>,
}

/// The class that the Oxford-IIIT Pet naming rule gives an image: its name up to the last `_`.
///
/// `None` where the name has no `_`, or nothing before it.
///
/// ```
/// use pets_data::class_of_image_name;
/// assert_eq!(class_of_image_name("Egyptian_Mau_12"), Some("Egyptian_Mau"));
/// assert_eq!(class_of_image_name("picture"), None);
/// ```
pub fn class_of_image_name(name: &str) -> Option<&str> {
    name.rsplit_once('_')
        .map(|(class, _number)| class)
        .filter(|class| !class.is_empty())
}

/// The known name most similar to `name`, ignoring case and `_`, `-` or space between words;
/// `None` if more than a third of the letters differ from each of them.
pub(crate) fn nearest_name<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted = folded(name);
    known
        .map(|candidate| (strsim::osa_distance(&wanted, &folded(candidate)), candidate))
        .min_by_key(|&(distance, _)| distance)
        .filter(|&(distance, _)| distance <= wanted.chars().count().div_ceil(3))
        .map(|(_, candidate)| candidate)
}

fn folded(name: &str) -> String {
    name.to_lowercase().replace([' ', '-'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_ends_at_the_last_underscore() {
        assert_eq!(
            class_of_image_name("wheaten_terrier_7"),
            Some("wheaten_terrier")
        );
        assert_eq!(class_of_image_name("Siamese_1"), Some("Siamese"));
        assert_eq!(class_of_image_name("_1"), None);
        assert_eq!(class_of_image_name("Siamese"), None);
    }

    #[test]
    fn nearest_name_ignores_case_and_separators() {
        let known = ["Egyptian_Mau", "Siamese", "samoyed"];
        let nearest = |name| nearest_name(name, known.iter().copied());
        assert_eq!(nearest("egyptian mau"), Some("Egyptian_Mau"));
        assert_eq!(nearest("Simaese"), Some("Siamese"));
        assert_eq!(nearest("SAMOYED"), Some("samoyed"));
        assert_eq!(nearest("goldfish"), None);
        assert_eq!(nearest(""), None);
    }
}
