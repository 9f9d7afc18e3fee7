//! Invented names of breeds.

use std::collections::BTreeSet;

use crate::breed::{EarShape, FurLength, Species};
use crate::dice::Dice;

const HEADS: [&str; 32] = [
    "Vel", "Tor", "Kal", "Mir", "Bran", "Sol", "Lun", "Ash", "Ner", "Quil", "Thal", "Wyn", "Fen",
    "Ost", "Isk", "Hal", "Cor", "Dor", "El", "Jas", "Mar", "Nov", "Ori", "Per", "Ros", "Sar",
    "Tam", "Ul", "Var", "Yor", "Zel", "Brin",
];
const MIDDLES: [&str; 12] = [
    "a", "e", "i", "o", "an", "or", "el", "ar", "en", "ira", "ona", "eta",
];
const CAT_TAILS: [&str; 16] = [
    "mara", "dine", "line", "lia", "vesh", "sina", "rabe", "moru", "riel", "tessa", "vane",
    "naise", "lune", "quin", "rosa", "bel",
];
const DOG_TAILS: [&str; 16] = [
    "ten", "vek", "ska", "ton", "rin", "mont", "berg", "wald", "ford", "dale", "mark", "stead",
    "holm", "burn", "gar", "shire",
];

/// Gives every breed a name of its own, unique even on file systems that ignore case.
pub(crate) struct Namer {
    dice: Dice,
    taken: BTreeSet<String>,
}

impl Namer {
    pub(crate) fn new(dice: Dice) -> Self {
        Self {
            dice,
            taken: BTreeSet::new(),
        }
    }

    /// A new name: cats start with a capital letter, dogs with a small one.
    pub(crate) fn name(&mut self, species: Species, ears: EarShape, fur: FurLength) -> String {
        let stem = self.stem(species);
        let kind = match species {
            Species::Cat => cat_kind(&mut self.dice, fur),
            Species::Dog => dog_kind(&mut self.dice, ears, fur),
        };
        let name = kind.map_or_else(|| stem.clone(), |kind| format!("{stem}_{kind}"));
        match species {
            Species::Cat => name,
            Species::Dog => name.to_lowercase(),
        }
    }

    /// A first word that no breed has yet; every eighth refusal makes the words one syllable longer.
    fn stem(&mut self, species: Species) -> String {
        let tails = match species {
            Species::Cat => CAT_TAILS,
            Species::Dog => DOG_TAILS,
        };
        let mut refused = 0;
        loop {
            let mut stem = String::from(*self.dice.pick(&HEADS));
            for _ in 0..=refused / 8 {
                let hiatus = stem.ends_with(['a', 'e', 'i', 'o']);
                stem.push_str(if hiatus { "r" } else { "" });
                stem.push_str(self.dice.pick::<&str>(&MIDDLES));
            }
            stem.push_str(self.dice.pick::<&str>(&tails));
            if self.taken.insert(stem.to_lowercase()) {
                return stem;
            }
            refused += 1;
        }
    }
}

fn cat_kind(dice: &mut Dice, fur: FurLength) -> Option<&'static str> {
    let kind = match fur {
        FurLength::Short => "Shorthair",
        FurLength::Medium => "Rex",
        FurLength::Long => "Longhair",
    };
    dice.chance(0.3).then_some(kind)
}

fn dog_kind(dice: &mut Dice, ears: EarShape, fur: FurLength) -> Option<&'static str> {
    let kind = match (ears, fur) {
        (EarShape::Long, _) => "hound",
        (EarShape::Floppy, FurLength::Short) => "pointer",
        (EarShape::Floppy, _) => "spaniel",
        (EarShape::Pointed, FurLength::Long) => "spitz",
        (EarShape::Pointed | EarShape::Tall, _) => "shepherd",
        (EarShape::Folded | EarShape::Rounded, _) => "terrier",
    };
    dice.chance(0.6).then_some(kind)
}
