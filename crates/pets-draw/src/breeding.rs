//! Choosing breeds that are well apart.
//!
//! Categories (pattern, ears, palette, fur, eyes) follow an additive low-discrepancy sequence, so any run of breeds
//! covers their combinations evenly; among a few candidates the one farthest from the breeds already chosen wins.
//! Breeds come in families that share pattern and colours, as real ones do: within a family only ears, fur, eyes and
//! proportions tell them apart.

use crate::breed::{Breed, Coat, EarShape, FurLength, Pattern, Proportions, Species, Traits};
use crate::dice::{Dice, Purpose};
use crate::name::Namer;
use crate::palette::{CAT_EYES, COATS, DOG_EYES};
use crate::{DrawConfig, paint::Colour};

/// Breeds of a family.
const FAMILY: usize = 3;
/// Candidates for each breed.
const CANDIDATES: usize = 5;
/// A candidate is compared with so many of the latest breeds of its species.
const MEMORY: usize = 128;
/// Powers of 1/φ₅, φ₅ the root of x⁶ = x + 1: the steps of the R₅ sequence (Roberts 2018).
const STEPS: [f64; 5] = [
    0.881_271_493,
    0.776_639_545,
    0.684_430_292,
    0.603_168_899,
    0.531_555_557,
];

const CAT_PATTERNS: [Pattern; 6] = [
    Pattern::Solid,
    Pattern::Tabby,
    Pattern::Points,
    Pattern::Patches,
    Pattern::Spots,
    Pattern::Blaze,
];
const DOG_PATTERNS: [Pattern; 7] = [
    Pattern::Solid,
    Pattern::Blaze,
    Pattern::Tabby,
    Pattern::Points,
    Pattern::Patches,
    Pattern::Tan,
    Pattern::Spots,
];
const CAT_EARS: [EarShape; 4] = [
    EarShape::Pointed,
    EarShape::Folded,
    EarShape::Tall,
    EarShape::Rounded,
];
const DOG_EARS: [EarShape; 6] = [
    EarShape::Floppy,
    EarShape::Pointed,
    EarShape::Folded,
    EarShape::Long,
    EarShape::Rounded,
    EarShape::Tall,
];
const FURS: [FurLength; 3] = [FurLength::Short, FurLength::Long, FurLength::Medium];

/// The breeds of a set, in the order of their class ids.
///
/// A breed's traits depend on the seed and its place in the drawing order only: a larger set of the same seed holds
/// the breeds of a smaller one (with other class ids).
pub fn breeds(config: &DrawConfig) -> Vec<Breed> {
    let mut namer = Namer::new(Dice::new(config.seed(), Purpose::Names, 0, 0));
    let mut cats = Breeder::new(Species::Cat, config.seed());
    let mut dogs = Breeder::new(Species::Dog, config.seed());
    let mut breeds: Vec<Breed> = (0..config.breeds())
        .map(|index| {
            let traits = match species_of(index) {
                Species::Cat => cats.next_breed(),
                Species::Dog => dogs.next_breed(),
            };
            Breed {
                index,
                name: namer.name(traits.species, traits.ears, traits.fur),
                class_id: 0,
                number: 0,
                traits,
            }
        })
        .collect();
    number(&mut breeds);
    breeds
}

/// Every third breed is a cat, the second one first.
fn species_of(index: usize) -> Species {
    if index % 3 == 1 {
        Species::Cat
    } else {
        Species::Dog
    }
}

/// Sorts by name without regard to case and numbers the classes, and the breeds within each species.
fn number(breeds: &mut [Breed]) {
    breeds.sort_by_cached_key(|breed| breed.name.to_lowercase());
    let (mut cats, mut dogs) = (0, 0);
    for (i, breed) in breeds.iter_mut().enumerate() {
        let within = match breed.traits.species {
            Species::Cat => &mut cats,
            Species::Dog => &mut dogs,
        };
        *within += 1;
        breed.number = *within;
        breed.class_id = i + 1;
    }
}

/// Makes the breeds of one species, one after the other.
struct Breeder {
    species: Species,
    start: [f64; 5],
    step: usize,
    dice: Dice,
    chosen: Vec<Traits>,
}

impl Breeder {
    fn new(species: Species, seed: u64) -> Self {
        let mut dice = Dice::new(seed, Purpose::Breeds, species as usize, 0);
        Self {
            species,
            start: [0; 5].map(|_| f64::from(dice.between((0.0, 1.0)))),
            step: 0,
            dice,
            chosen: Vec::new(),
        }
    }

    fn next_breed(&mut self) -> Traits {
        let place = self.chosen.len() % FAMILY;
        let founder = (place > 0).then(|| self.chosen[self.chosen.len() - place]);
        let candidates: Vec<Traits> = (0..CANDIDATES)
            .map(|_| {
                let own = self.candidate();
                founder.map_or(own, |founder| own.of_family(&founder))
            })
            .collect();
        let room = |candidate: &Traits| {
            let recent = self.chosen.iter().rev().take(MEMORY);
            recent
                .map(|other| unlikeness(candidate, other))
                .fold(f32::INFINITY, f32::min)
        };
        let best = candidates
            .into_iter()
            .max_by(|a, b| room(a).total_cmp(&room(b)))
            .expect("CANDIDATES is at least 1");
        self.chosen.push(best);
        best
    }

    fn candidate(&mut self) -> Traits {
        let at: [f64; 5] =
            std::array::from_fn(|i| (self.start[i] + self.step as f64 * STEPS[i]).fract());
        self.step += 1;
        let (patterns, ears, eyes): (&[Pattern], &[EarShape], &[Colour]) = match self.species {
            Species::Cat => (&CAT_PATTERNS, &CAT_EARS, &CAT_EYES),
            Species::Dog => (&DOG_PATTERNS, &DOG_EARS, &DOG_EYES),
        };
        let pattern = share(patterns, at[0]);
        let coat = Coat::new(pattern, share(&COATS, at[2]));
        Traits {
            species: self.species,
            pattern,
            ears: share(ears, at[1]),
            fur: share(&FURS, at[3]),
            proportions: Proportions::draw(self.species, &mut self.dice),
            eyes: share(eyes, at[4]),
            nose: nose(self.species, coat, &mut self.dice),
            coat,
        }
    }
}

/// The item at a share (0..1) of the list.
fn share<T: Copy>(items: &[T], at: f64) -> T {
    items[((at * items.len() as f64) as usize).min(items.len() - 1)]
}

fn nose(species: Species, coat: Coat, dice: &mut Dice) -> Colour {
    let pink = Colour::hex(0x00d8_9088);
    let black = Colour::hex(0x002a_2426);
    let liver = Colour::hex(0x0070_4438);
    let pale = coat.ground.luma() > 0.45;
    match species {
        Species::Cat if pale || dice.chance(0.4) => pink,
        Species::Dog if dice.chance(0.2) => liver,
        _ => black,
    }
}

/// How unlike two breeds of a species look; a different pattern or different ears count 1.
fn unlikeness(a: &Traits, b: &Traits) -> f32 {
    let differ = |different: bool, weight: f32| if different { weight } else { 0.0 };
    let (p, q) = (&a.proportions, &b.proportions);
    let shape = (p.head_width - q.head_width).abs() * 2.0
        + (p.muzzle_length - q.muzzle_length).abs()
        + (p.cheeks - q.cheeks).abs() * 0.4
        + (p.ear_size - q.ear_size).abs() * 0.6;
    differ(a.pattern != b.pattern, 1.0)
        + differ(a.ears != b.ears, 1.0)
        + differ(a.fur != b.fur, 0.4)
        + differ(a.eyes != b.eyes, 0.2)
        + 1.2 * a.coat.ground.distance(b.coat.ground)
        + 0.6 * a.coat.mark.distance(b.coat.mark)
        + 0.5 * shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_breeds_of_a_species_are_never_alike() {
        for seed in 0..20 {
            let config = DrawConfig::new(60, 2, 64, seed).unwrap();
            let breeds = breeds(&config);
            for (i, a) in breeds.iter().enumerate() {
                for b in &breeds[..i] {
                    let apart = unlikeness(&a.traits, &b.traits);
                    let same_species = a.species() == b.species();
                    assert!(!same_species || apart > 0.5, "{a:?} {b:?}: {apart}");
                }
            }
        }
    }
}
