//! What makes a breed.

use crate::dice::Dice;
use crate::paint::Colour;
use crate::palette::Palette;

/// The two species of the dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Species {
    /// Species 1; names start with a capital letter.
    Cat,
    /// Species 2; names start with a small letter.
    Dog,
}

impl Species {
    /// The number of the annotation lists: 1 for cats, 2 for dogs.
    pub fn id(self) -> u32 {
        match self {
            Self::Cat => 1,
            Self::Dog => 2,
        }
    }
}

/// How the ears stand or hang.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarShape {
    /// Upright triangles.
    Pointed,
    /// Upright, large and slender.
    Tall,
    /// Upright with a round end.
    Rounded,
    /// Small, the tip folded forward.
    Folded,
    /// Hanging to the cheeks (dogs).
    Floppy,
    /// Hanging below the chin (dogs).
    Long,
}

/// How the coat is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// One colour, paler below.
    Solid,
    /// Stripes: the tabby marks of cats, the brindle of dogs.
    Tabby,
    /// Round spots on a paler ground.
    Spots,
    /// Large patches of two colours on a pale ground.
    Patches,
    /// Pale, with dark face, ears, paws and tail.
    Points,
    /// Dark, with a pale blaze, bib and socks.
    Blaze,
    /// Dark, with tan brows, muzzle, chest and paws (dogs).
    Tan,
}

/// Length of the fur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FurLength {
    /// A smooth outline.
    Short,
    /// Tufts at cheeks and chest.
    Medium,
    /// A ruff and a bushy tail.
    Long,
}

impl FurLength {
    /// Length of the tufts in head radii.
    pub(crate) fn reach(self) -> f32 {
        match self {
            Self::Short => 0.055,
            Self::Medium => 0.14,
            Self::Long => 0.27,
        }
    }
}

/// Shape of head and body; lengths in head radii.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proportions {
    /// Half the width of the head, 0.84 to 1.16.
    pub head_width: f32,
    /// Fullness of cheeks and jaw, 0 (wedge) to 1 (round).
    pub cheeks: f32,
    /// How far the muzzle stands out of the face, 0.1 (flat) to 0.85.
    pub muzzle_length: f32,
    /// Half the width of the muzzle, 0.26 to 0.46.
    pub muzzle_width: f32,
    /// Half the width of an eye, 0.14 to 0.25.
    pub eye_size: f32,
    /// Distance of the eyes from the middle of the face, 0.36 to 0.48.
    pub eye_spacing: f32,
    /// How far the outer corner of the eyes rises, in radians, −0.2 to 0.4.
    pub eye_slant: f32,
    /// Size of the ears relative to the species' usual, 0.75 to 1.3.
    pub ear_size: f32,
    /// How far apart the ears are set, 0 (on top) to 1 (at the sides).
    pub ear_set: f32,
    /// Width of the body relative to the species' usual, 0.8 to 1.25.
    pub build: f32,
}

impl Proportions {
    pub(crate) fn draw(species: Species, dice: &mut Dice) -> Self {
        let cat = species == Species::Cat;
        let of = |for_cats, for_dogs| if cat { for_cats } else { for_dogs };
        Self {
            head_width: dice.between(of((0.96, 1.16), (0.84, 1.06))),
            cheeks: dice.between((0.0, 1.0)),
            muzzle_length: dice.between(of((0.1, 0.3), (0.2, 0.85))),
            muzzle_width: dice.between(of((0.27, 0.36), (0.3, 0.46))),
            eye_size: dice.between(of((0.19, 0.25), (0.14, 0.2))),
            eye_spacing: dice.between(of((0.4, 0.48), (0.36, 0.45))),
            eye_slant: dice.between(of((0.05, 0.4), (-0.2, 0.2))),
            ear_size: dice.between((0.75, 1.3)),
            ear_set: dice.between((0.0, 1.0)),
            build: dice.between((0.8, 1.25)),
        }
    }
}

/// A breed: everything its individuals have in common.
#[derive(Clone, Debug)]
pub struct Breed {
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) class_id: usize,
    pub(crate) number: usize,
    pub(crate) traits: Traits,
}

/// A breed without its name and numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    pub(crate) species: Species,
    pub(crate) pattern: Pattern,
    pub(crate) ears: EarShape,
    pub(crate) fur: FurLength,
    pub(crate) proportions: Proportions,
    pub(crate) coat: Coat,
    pub(crate) eyes: Colour,
    pub(crate) nose: Colour,
}

impl Traits {
    /// The same breed with the pattern and the colours of another one of its species.
    pub(crate) fn of_family(self, founder: &Self) -> Self {
        Self {
            pattern: founder.pattern,
            coat: founder.coat,
            nose: founder.nose,
            ..self
        }
    }
}

/// The colours of a coat as its pattern uses them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coat {
    /// The colour of most of the animal.
    pub(crate) ground: Colour,
    /// Stripes, spots, patches, points, tan marks.
    pub(crate) mark: Colour,
    /// The second colour of patches, the deep tone of others.
    pub(crate) second: Colour,
    /// Muzzle, chest, socks where the pattern has them.
    pub(crate) light: Colour,
}

impl Coat {
    pub(crate) fn new(pattern: Pattern, palette: Palette) -> Self {
        let Palette { base, mark, light } = palette;
        // White marks would not show on a pale coat.
        let deep = if base.luma() > 0.7 { mark } else { base };
        let (ground, mark, second) = match pattern {
            Pattern::Solid | Pattern::Tabby => (base, mark, mark),
            Pattern::Blaze => (deep, mark, mark),
            Pattern::Spots => (light.mix(base, 0.35), mark, base),
            Pattern::Patches => (light, deep, mark),
            Pattern::Points => (light.mix(base, 0.45), mark.lighter(-0.15), mark),
            Pattern::Tan => (mark.lighter(-0.25), base.mix(TAN, 0.6), mark),
        };
        Self {
            ground,
            mark,
            second,
            light,
        }
    }
}

const TAN: Colour = Colour::hex(0x00c0_7c40);

impl Breed {
    /// The name: words joined by `_`, a capital first letter for cats.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of the class, from 1, in the order of names without regard to case.
    pub fn class_id(&self) -> usize {
        self.class_id
    }

    /// Number within the species, from 1, in the same order.
    pub fn breed_id(&self) -> usize {
        self.number
    }

    /// Cat or dog.
    pub fn species(&self) -> Species {
        self.traits.species
    }

    /// How the coat is marked.
    pub fn pattern(&self) -> Pattern {
        self.traits.pattern
    }

    /// Shape of the ears.
    pub fn ears(&self) -> EarShape {
        self.traits.ears
    }

    /// Length of the fur.
    pub fn fur(&self) -> FurLength {
        self.traits.fur
    }

    /// Shape of head and body.
    pub fn proportions(&self) -> &Proportions {
        &self.traits.proportions
    }

    /// The coat's ground colour, mark colour and pale colour in sRGB.
    pub fn coat(&self) -> [[u8; 3]; 3] {
        let Coat {
            ground,
            mark,
            light,
            ..
        } = self.traits.coat;
        [ground, mark, light].map(Colour::to_bytes)
    }

    /// Colour of the iris in sRGB.
    pub fn eyes(&self) -> [u8; 3] {
        self.traits.eyes.to_bytes()
    }

    /// Name of picture `picture` (from 0) without folder and extension: `NAME_1` is the first.
    pub fn picture_name(&self, picture: usize) -> String {
        format!("{}_{}", self.name, picture + 1)
    }
}
