//! Which breeds are held out for the few-shot test.

use toml::Value;

use super::kind::{AUTO, Kind};
use super::setting::Setting;

/// The breeds of Oxford-IIIT Pet that the Python project held out.
const OF_OXFORD: [&str; 5] = [
    "american_bulldog",
    "Egyptian_Mau",
    "samoyed",
    "Siamese",
    "wheaten_terrier",
];

/// The breeds that are kept out of training and testing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HoldoutBreeds {
    /// The Python project's five where the dataset is Oxford-IIIT Pet, none elsewhere.
    Auto,
    /// These.
    These(Vec<String>),
}

impl HoldoutBreeds {
    /// The breeds to hold out of a dataset with these classes; those that were named, whether they are there or not.
    pub(crate) fn of<'a>(&self, class_names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        match self {
            Self::These(names) => names.clone(),
            Self::Auto => {
                let there: Vec<_> = class_names.into_iter().collect();
                let is_oxford = OF_OXFORD.iter().all(|name| there.contains(name))
                    && there.len() >= OF_OXFORD.len() + 2;
                let held_out = if is_oxford { &OF_OXFORD[..] } else { &[] };
                held_out.iter().map(|name| (*name).to_owned()).collect()
            }
        }
    }
}

impl Setting for HoldoutBreeds {
    const KIND: Kind = Kind::Names;

    fn read(value: Option<&Value>) -> Option<Self> {
        match value? {
            Value::String(_) => Some(Self::Auto),
            value => {
                let names = value.as_array()?.iter();
                let names = names.map(|name| name.as_str().map(str::to_owned));
                names.collect::<Option<_>>().map(Self::These)
            }
        }
    }

    fn write(&self) -> Option<Value> {
        Some(match self {
            Self::Auto => Value::String(AUTO.to_owned()),
            Self::These(names) => Value::Array(
                names
                    .iter()
                    .map(|name| Value::String(name.clone()))
                    .collect(),
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_is_the_five_of_oxford_and_none_elsewhere() {
        let oxford = OF_OXFORD.into_iter().chain(["pug", "Bengal"]);
        assert_eq!(HoldoutBreeds::Auto.of(oxford), OF_OXFORD);
        for other in [
            &["pug", "Siamese", "samoyed"][..],
            &OF_OXFORD,
            &["cups", "plates", "spoons"],
        ] {
            let held_out = HoldoutBreeds::Auto.of(other.iter().copied());
            assert!(held_out.is_empty(), "{held_out:?}");
        }
    }

    #[test]
    fn names_are_kept_whether_they_are_there_or_not() {
        let named = HoldoutBreeds::These(vec!["pug".to_owned()]);
        assert_eq!(named.of(["beagle", "boxer", "collie"]), ["pug"]);
    }
}
