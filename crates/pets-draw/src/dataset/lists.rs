//! The annotation lists.

use std::path::Path;

use super::folder::{ALL, TEST, TRAINVAL};
use super::output::{Output, OutputFile};
use crate::dice::{Dice, Purpose};
use crate::{Breed, DrawConfig, DrawError};

/// Writes the three lists: a line `NAME_N CLASS-ID SPECIES BREED-ID` for each picture; half of each breed, the larger one
/// if they differ, is in trainval, the rest in test. `go_on` is asked before each breed.
pub(super) fn write_lists(
    config: &DrawConfig,
    breeds: &[Breed],
    output: &Output,
    go_on: impl Fn() -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    let mut all = output.create(Path::new(ALL))?;
    let mut trainval = output.create(Path::new(TRAINVAL))?;
    let mut test = output.create(Path::new(TEST))?;
    all.append(header(breeds).as_bytes())?;
    for breed in breeds {
        go_on()?;
        for (picture, in_test) in halves(config, breed).into_iter().enumerate() {
            let line = line(breed, picture);
            all.append(line.as_bytes())?;
            let half = if in_test { &mut test } else { &mut trainval };
            half.append(line.as_bytes())?;
        }
    }
    [all, trainval, test]
        .into_iter()
        .try_for_each(OutputFile::finish)
}

fn header(breeds: &[Breed]) -> String {
    let classes = breeds.len();
    let is_cat = |breed: &&Breed| breed.species().id() == 1;
    let cats = breeds.iter().filter(is_cat).count();
    let dogs = classes - cats;
    format!(
        "#Image CLASS-ID SPECIES BREED ID\n\
         #ID: 1:{classes} Class ids\n\
         #SPECIES: 1:Cat 2:Dog\n\
         #BREED ID: 1-{cats}:Cat 1-{dogs}:Dog\n\
         #All images with 1st letter as capital are cat images\n\
         #images with small first letter are dog images\n"
    )
}

fn line(breed: &Breed, picture: usize) -> String {
    let name = breed.picture_name(picture);
    let (class, species, number) = (breed.class_id(), breed.species().id(), breed.breed_id());
    format!("{name} {class} {species} {number}\n")
}

/// For each picture whether it is in the test half.
fn halves(config: &DrawConfig, breed: &Breed) -> Vec<bool> {
    let mut order: Vec<usize> = (0..config.images()).collect();
    Dice::new(config.seed(), Purpose::Halves, breed.index, 0).shuffle(&mut order);
    let mut in_test = vec![false; config.images()];
    for &picture in &order[config.images().div_ceil(2)..] {
        in_test[picture] = true;
    }
    in_test
}
