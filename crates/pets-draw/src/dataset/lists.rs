//! The annotation lists.

use std::fmt::Write as _;

use crate::dice::{Dice, Purpose};
use crate::{Breed, DrawConfig};

/// The texts of the three lists.
pub(super) struct Lists {
    pub(super) all: String,
    pub(super) trainval: String,
    pub(super) test: String,
}

impl Lists {
    /// A line `NAME_N CLASS-ID SPECIES BREED-ID` for each picture; half of each breed, the larger one if they
    /// differ, is in trainval, the rest in test.
    pub(super) fn new(config: &DrawConfig, breeds: &[Breed]) -> Self {
        let cats = breeds
            .iter()
            .filter(|breed| breed.species().id() == 1)
            .count();
        let mut lists = Self {
            all: header(breeds.len(), cats),
            trainval: String::new(),
            test: String::new(),
        };
        for breed in breeds {
            for (picture, in_test) in halves(config, breed).into_iter().enumerate() {
                let line = line(breed, picture);
                lists.all.push_str(&line);
                let half = if in_test {
                    &mut lists.test
                } else {
                    &mut lists.trainval
                };
                half.push_str(&line);
            }
        }
        lists
    }
}

fn header(classes: usize, cats: usize) -> String {
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
    let mut line = breed.picture_name(picture);
    let (class, species, number) = (breed.class_id(), breed.species().id(), breed.breed_id());
    writeln!(line, " {class} {species} {number}").expect("writing to a String never fails");
    line
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
