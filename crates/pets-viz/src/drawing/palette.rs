//! Colours, chosen so that readers with any of the common colour-vision deficiencies can tell them
//! apart.

use std::fmt;
use std::str::FromStr;

use crate::error::VizError;
use crate::names;

/// An opaque colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl Colour {
    /// The colour as style sheets write it.
    pub(crate) fn css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// What a picture is drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Dark ink on white paper.
    #[default]
    Light,
    /// Light ink on nearly black paper.
    Dark,
}

impl Theme {
    /// Every theme.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    pub(crate) fn palette(self) -> Palette {
        match self {
            Self::Light => LIGHT,
            Self::Dark => DARK,
        }
    }
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Light => "light",
            Self::Dark => "dark",
        })
    }
}

impl FromStr for Theme {
    type Err = VizError;

    fn from_str(name: &str) -> Result<Self, VizError> {
        names::find("theme", &Self::ALL, name)
    }
}

/// The colours that pictures of a theme are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Palette {
    pub(crate) theme: Theme,
    pub(crate) paper: Colour,
    /// Text and axes.
    pub(crate) ink: Colour,
    /// Secondary text.
    pub(crate) muted: Colour,
    /// Grid lines and frames.
    pub(crate) grid: Colour,
    /// Background of tiles, behind pictures that do not fill them.
    pub(crate) tile: Colour,
    /// Leader lines.
    pub(crate) leader: Colour,
    /// First series of a chart: a blue.
    pub(crate) first: Colour,
    /// Second series: vermilion.
    pub(crate) second: Colour,
    /// Something that stands out or is right: bluish green.
    pub(crate) right: Colour,
    /// Something that is wrong: vermilion, told apart from `right` with every colour-vision
    /// deficiency.
    pub(crate) wrong: Colour,
}

const LIGHT: Palette = Palette {
    theme: Theme::Light,
    paper: Colour(255, 255, 255),
    ink: Colour(38, 38, 42),
    muted: Colour(105, 105, 112),
    grid: Colour(224, 224, 228),
    tile: Colour(242, 242, 244),
    leader: Colour(90, 90, 96),
    first: OKABE_ITO[0],
    second: OKABE_ITO[1],
    right: OKABE_ITO[2],
    wrong: OKABE_ITO[1],
};

const DARK: Palette = Palette {
    theme: Theme::Dark,
    paper: Colour(24, 26, 31),
    ink: Colour(232, 233, 238),
    muted: Colour(164, 168, 178),
    grid: Colour(56, 59, 68),
    tile: Colour(38, 40, 47),
    leader: Colour(176, 178, 186),
    first: OKABE_ITO_ON_DARK[0],
    second: OKABE_ITO_ON_DARK[1],
    right: OKABE_ITO_ON_DARK[2],
    wrong: OKABE_ITO_ON_DARK[1],
};

/// The palette of Okabe and Ito, "Color Universal Design" (2008); yellow, faint on white, comes
/// last.
const OKABE_ITO: [Colour; 8] = [
    Colour(0, 114, 178),
    Colour(213, 94, 0),
    Colour(0, 158, 115),
    Colour(204, 121, 167),
    Colour(230, 159, 0),
    Colour(86, 180, 233),
    Colour(0, 0, 0),
    Colour(240, 228, 66),
];

/// The same hues, lighter where they would be faint on black.
const OKABE_ITO_ON_DARK: [Colour; 8] = [
    Colour(60, 150, 220),
    Colour(240, 120, 40),
    Colour(20, 185, 140),
    Colour(214, 140, 182),
    Colour(240, 180, 40),
    Colour(130, 205, 245),
    Colour(235, 235, 235),
    Colour(240, 228, 66),
];

/// Eleven well-spaced hues for more groups, alternating in lightness so that neighbours in the list
/// differ in both.
const MANY: [Colour; 11] = [
    Colour(31, 88, 165),
    Colour(226, 116, 28),
    Colour(30, 112, 52),
    Colour(214, 54, 70),
    Colour(112, 190, 232),
    Colour(96, 44, 140),
    Colour(150, 170, 40),
    Colour(128, 60, 24),
    Colour(226, 120, 186),
    Colour(20, 150, 150),
    Colour(120, 120, 128),
];

/// The same hues, lighter where they would be faint on black.
const MANY_ON_DARK: [Colour; 11] = [
    Colour(84, 145, 230),
    Colour(240, 140, 50),
    Colour(70, 170, 95),
    Colour(240, 85, 100),
    Colour(145, 212, 246),
    Colour(170, 115, 222),
    Colour(184, 204, 70),
    Colour(190, 116, 74),
    Colour(242, 150, 206),
    Colour(45, 192, 190),
    Colour(165, 165, 172),
];

/// How many groups [`group_colour`] and the markers can tell apart (11 colours × 8 markers, without
/// a common divisor).
pub(crate) const MAX_GROUPS: usize = MANY.len() * crate::drawing::marker::Marker::ALL.len();

/// Colour of group `index` of `count`.
pub(crate) fn group_colour(index: usize, count: usize, theme: Theme) -> Colour {
    let (few, many) = match theme {
        Theme::Light => (OKABE_ITO, MANY),
        Theme::Dark => (OKABE_ITO_ON_DARK, MANY_ON_DARK),
    };
    if count <= few.len() {
        few[index % few.len()]
    } else {
        many[index % many.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::marker::Marker;

    #[test]
    fn every_group_has_its_own_pair_of_colour_and_marker() {
        for (theme, count) in [Theme::Light, Theme::Dark]
            .into_iter()
            .flat_map(|theme| [2, 8, 9, 37, MAX_GROUPS].map(|count| (theme, count)))
        {
            let styles: Vec<_> = (0..count)
                .map(|i| (group_colour(i, count, theme), Marker::of_group(i)))
                .collect();
            for (i, style) in styles.iter().enumerate() {
                assert!(
                    !styles[..i].contains(style),
                    "group {i} of {count} looks like another in {theme:?}"
                );
            }
        }
    }

    #[test]
    fn up_to_eight_groups_differ_by_colour_alone() {
        let colours: Vec<_> = (0..8).map(|i| group_colour(i, 8, Theme::Light)).collect();
        assert!((0..8).all(|i| !colours[..i].contains(&colours[i])));
    }
}
