//! The text files of Oxford-IIIT Pet's `annotations` folder, read and checked against each other.

use std::collections::{BTreeMap, btree_map::Entry};
use std::path::{Path, PathBuf};

use crate::DataError;
use crate::layout::class::{Species, class_of_image_name};
use crate::layout::list_fault::ListFault;

/// The official part an image belongs to.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum OfficialPart {
    /// Listed in `trainval.txt`.
    TrainVal,
    /// Listed in `test.txt`.
    Test,
}

/// An image that the lists name.
#[derive(Debug)]
pub(crate) struct ListedImage {
    pub(crate) part: Option<OfficialPart>,
    pub(crate) file: PathBuf,
    pub(crate) line: usize,
}

/// The list files, and what each says of the images in it.
const LISTS: [(&str, Option<OfficialPart>); 3] = [
    ("list.txt", None),
    ("trainval.txt", Some(OfficialPart::TrainVal)),
    ("test.txt", Some(OfficialPart::Test)),
];

/// The most bytes that a list may have: 64 MiB, a million images and more.
const LONGEST_LIST: u64 = 64 << 20;

/// Reads those of the three lists that exist; `None` if there is none.
pub(crate) fn read_lists(
    annotations: &Path,
) -> Result<Option<BTreeMap<String, ListedImage>>, DataError> {
    let mut known_ids = KnownIds::default();
    let mut images = BTreeMap::new();
    let mut any_list = false;
    for (list, part) in LISTS {
        let file = annotations.join(list);
        if file.exists() {
            any_list = true;
            read_list(&file, part, &mut known_ids, &mut images)?;
        }
    }
    Ok(any_list.then_some(images))
}

fn read_list(
    file: &Path,
    part: Option<OfficialPart>,
    known_ids: &mut KnownIds,
    images: &mut BTreeMap<String, ListedImage>,
) -> Result<(), DataError> {
    let text = pets_files::read_text(file, LONGEST_LIST).map_err(|source| DataError::Read {
        path: file.to_path_buf(),
        source,
    })?;
    for (index, text_line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let text_line = text_line.trim();
        if text_line.is_empty() || text_line.starts_with('#') {
            continue;
        }
        let line = index + 1;
        ListLine::parse(text_line)
            .and_then(|parsed| {
                known_ids.check(&parsed)?;
                add_image(images, parsed.name, part, file, line)
            })
            .map_err(|fault| DataError::List {
                file: file.to_path_buf(),
                line,
                fault,
            })?;
    }
    Ok(())
}

fn add_image(
    images: &mut BTreeMap<String, ListedImage>,
    name: &str,
    part: Option<OfficialPart>,
    file: &Path,
    line: usize,
) -> Result<(), ListFault> {
    match images.entry(name.to_owned()) {
        Entry::Vacant(entry) => {
            entry.insert(ListedImage {
                part,
                file: file.to_path_buf(),
                line,
            });
            Ok(())
        }
        Entry::Occupied(entry) if entry.get().file == file => {
            Err(ListFault::Duplicate(name.to_owned()))
        }
        Entry::Occupied(entry) if entry.get().part.is_some() => {
            Err(ListFault::InBothParts(name.to_owned()))
        }
        Entry::Occupied(mut entry) => {
            *entry.get_mut() = ListedImage {
                part,
                file: file.to_path_buf(),
                line,
            };
            Ok(())
        }
    }
}

/// One line of a list, its fields checked by themselves.
struct ListLine<'a> {
    name: &'a str,
    class: &'a str,
    class_id: u32,
    species: Species,
    breed_id: u32,
}

impl<'a> ListLine<'a> {
    fn parse(line: &'a str) -> Result<Self, ListFault> {
        let (name, [class_id, species, breed_id]) = name_and_ids(line)
            .ok_or_else(|| ListFault::FieldCount(line.split_whitespace().count()))?;
        if Path::new(name).file_name() != Some(name.as_ref()) {
            return Err(ListFault::NotInFolder(name.to_owned()));
        }
        let class =
            class_of_image_name(name).ok_or_else(|| ListFault::ClasslessName(name.to_owned()))?;
        let listed = match parse_id("SPECIES", species)? {
            1 => Species::Cat,
            2 => Species::Dog,
            other => return Err(ListFault::UnknownSpecies(other)),
        };
        let named = Species::of_class_name(class);
        if listed != named {
            return Err(ListFault::SpeciesDisagrees {
                name: name.to_owned(),
                listed,
                named,
            });
        }
        Ok(Self {
            name,
            class,
            class_id: parse_id("CLASS-ID", class_id)?,
            species: listed,
            breed_id: parse_id("BREED-ID", breed_id)?,
        })
    }
}

/// The last three fields, and what stands before them: a name may have spaces.
fn name_and_ids(line: &str) -> Option<(&str, [&str; 3])> {
    let mut rest = line;
    let mut ids = [""; 3];
    for id in ids.iter_mut().rev() {
        (rest, *id) = rest.rsplit_once(char::is_whitespace)?;
        rest = rest.trim_end();
    }
    (!rest.is_empty()).then_some((rest, ids))
}

fn parse_id(field: &'static str, value: &str) -> Result<u32, ListFault> {
    value
        .parse()
        .ok()
        .filter(|&id| id >= 1)
        .ok_or_else(|| ListFault::NotAnId {
            field,
            value: value.to_owned(),
        })
}

/// The ids met so far: class ids and class names, and breed ids within a species and class names,
/// stand for each other one to one.
#[derive(Default)]
struct KnownIds {
    ids_of_class: BTreeMap<String, (u32, u32)>,
    class_of_class_id: BTreeMap<u32, String>,
    class_of_breed_id: BTreeMap<(Species, u32), String>,
}

impl KnownIds {
    fn check(&mut self, line: &ListLine<'_>) -> Result<(), ListFault> {
        let disagrees = |field, id, earlier: String| ListFault::IdDisagrees {
            field,
            id,
            class: line.class.to_owned(),
            earlier,
        };
        if let Some(&(class_id, breed_id)) = self.ids_of_class.get(line.class) {
            if class_id != line.class_id {
                let earlier = format!("{} has CLASS-ID {class_id}", line.class);
                return Err(disagrees("CLASS-ID", line.class_id, earlier));
            }
            if breed_id != line.breed_id {
                let earlier = format!("{} has BREED-ID {breed_id}", line.class);
                return Err(disagrees("BREED-ID", line.breed_id, earlier));
            }
            return Ok(());
        }
        if let Some(owner) = self.class_of_class_id.get(&line.class_id) {
            let earlier = format!("CLASS-ID {} is {owner}", line.class_id);
            return Err(disagrees("CLASS-ID", line.class_id, earlier));
        }
        if let Some(owner) = self.class_of_breed_id.get(&(line.species, line.breed_id)) {
            let earlier = format!(
                "BREED-ID {} of the {}s is {owner}",
                line.breed_id, line.species
            );
            return Err(disagrees("BREED-ID", line.breed_id, earlier));
        }
        let class = line.class.to_owned();
        self.class_of_class_id.insert(line.class_id, class.clone());
        self.class_of_breed_id
            .insert((line.species, line.breed_id), class.clone());
        self.ids_of_class
            .insert(class, (line.class_id, line.breed_id));
        Ok(())
    }
}
