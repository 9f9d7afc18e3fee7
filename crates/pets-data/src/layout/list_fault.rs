//! What can be wrong with an official list.

use crate::layout::class::Species;

/// What can be wrong with a line of an official list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListFault {
    /// Fewer than four fields.
    #[error("expected NAME CLASS-ID SPECIES BREED-ID, found {0} fields")]
    FieldCount(usize),
    /// An id is not a whole number from 1.
    #[error("{field} {value:?} is not a whole number from 1")]
    NotAnId {
        /// Which field.
        field: &'static str,
        /// What it holds.
        value: String,
    },
    /// The species is neither 1 nor 2.
    #[error("SPECIES {0} is neither 1 (cat) nor 2 (dog)")]
    UnknownSpecies(u32),
    /// The species contradicts the capital-letter rule.
    #[error("SPECIES says {listed}, but the first letter of {name} says {named}")]
    SpeciesDisagrees {
        /// The image.
        name: String,
        /// What the list says.
        listed: Species,
        /// What the name says.
        named: Species,
    },
    /// The image's name has no `_`.
    #[error("cannot tell the class of {0}: expected CLASS_NUMBER")]
    ClasslessName(String),
    /// The image's name leads to another folder.
    #[error("{0} is no name of an image in the folder of the images")]
    NotInFolder(String),
    /// An id and a class name do not belong together, as an earlier line says.
    #[error("{field} {id} of class {class} disagrees with an earlier line: {earlier}")]
    IdDisagrees {
        /// Which field.
        field: &'static str,
        /// The id on this line.
        id: u32,
        /// The class on this line.
        class: String,
        /// What was said before.
        earlier: String,
    },
    /// The list names the image a second time.
    #[error("image {0} is listed twice")]
    Duplicate(String),
    /// The image is in `trainval.txt` and in `test.txt`.
    #[error("image {0} is in trainval.txt and in test.txt")]
    InBothParts(String),
}
