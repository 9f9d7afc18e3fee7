//! What is drawn: determinism, breeds, names, trimaps.

use std::collections::BTreeSet;

use image::GrayImage;
use pets_draw::{ANIMAL, BACKGROUND, BORDER, DrawConfig, Species, breeds, draw};
use proptest::prelude::*;

fn config(breeds: usize, size: u32, seed: u64) -> DrawConfig {
    DrawConfig::new(breeds, 4, size, seed).unwrap()
}

#[test]
fn a_picture_is_the_same_every_time() {
    let config = config(4, 64, 3);
    let all = breeds(&config);
    for breed in &all {
        assert_eq!(draw(&config, breed, 1), draw(&config, breed, 1));
    }
}

#[test]
fn seeds_breeds_and_numbers_give_different_pictures() {
    let mut seen = BTreeSet::new();
    for seed in [1, 2] {
        let config = config(3, 48, seed);
        for breed in breeds(&config) {
            for picture in 0..3 {
                seen.insert(draw(&config, &breed, picture).image.into_raw());
            }
        }
    }
    assert_eq!(seen.len(), 2 * 3 * 3);
}

#[test]
fn more_breeds_keep_the_earlier_ones() {
    let (few, many) = (config(5, 48, 9), config(30, 48, 9));
    let many_breeds = breeds(&many);
    for breed in breeds(&few) {
        let same = many_breeds
            .iter()
            .find(|other| other.name() == breed.name());
        let same = same.expect("the larger set holds the smaller one's breeds");
        assert_eq!(draw(&few, &breed, 2), draw(&many, same, 2));
    }
}

#[test]
fn every_size_is_drawn() {
    for size in [32, 33, 97, 300] {
        let config = config(2, size, 5);
        for breed in breeds(&config) {
            let drawing = draw(&config, &breed, 0);
            assert_eq!(drawing.image.dimensions(), (size, size));
            assert_eq!(drawing.trimap.dimensions(), (size, size));
        }
    }
}

#[test]
fn trimaps_hold_an_animal_with_a_border_around_it() {
    let config = config(12, 96, 4);
    for breed in breeds(&config) {
        for picture in 0..6 {
            let map = draw(&config, &breed, picture).trimap;
            let share = |label: u8| {
                let labelled = map.pixels().filter(|pixel| pixel.0[0] == label);
                labelled.count() as f64 / map.len() as f64
            };
            let name = breed.picture_name(picture);
            assert!(
                (0.04..0.9).contains(&share(ANIMAL)),
                "{name}: {}",
                share(ANIMAL)
            );
            assert!(
                (0.01..0.3).contains(&share(BORDER)),
                "{name}: {}",
                share(BORDER)
            );
            assert!(share(BACKGROUND) > 0.03, "{name}: {}", share(BACKGROUND));
            assert!(border_parts(&map), "{name}");
        }
    }
}

/// Whether there are only the three labels and no animal pixel touches a background pixel.
fn border_parts(map: &GrayImage) -> bool {
    let at = |x: u32, y: u32| map.get_pixel(x, y).0[0];
    let apart = |a: u8, b: u8| !matches!((a, b), (ANIMAL, BACKGROUND) | (BACKGROUND, ANIMAL));
    map.enumerate_pixels().all(|(x, y, pixel)| {
        let label = pixel.0[0];
        [ANIMAL, BACKGROUND, BORDER].contains(&label)
            && (x == 0 || apart(label, at(x - 1, y)))
            && (y == 0 || apart(label, at(x, y - 1)))
    })
}

/// Over many pictures the animals of a dark and of a pale breed differ in tone, their backgrounds do not.
#[test]
fn trimaps_agree_with_their_pictures() {
    let config = config(24, 64, 8);
    let all = breeds(&config);
    let tone = |rgb: [u8; 3]| rgb.iter().map(|&v| u32::from(v)).sum::<u32>();
    let darkest = all
        .iter()
        .min_by_key(|breed| tone(breed.coat()[0]))
        .unwrap();
    let palest = all
        .iter()
        .max_by_key(|breed| tone(breed.coat()[0]))
        .unwrap();
    let mean = |breed, label: u8| {
        let (mut sum, mut count) = (0.0, 0.0);
        for picture in 0..24 {
            let drawing = draw(&config, breed, picture);
            for (rgb, map) in drawing.image.pixels().zip(drawing.trimap.pixels()) {
                if map.0[0] == label {
                    sum += f64::from(tone(rgb.0)) / 3.0;
                    count += 1.0;
                }
            }
        }
        sum / count
    };
    let animals = mean(palest, ANIMAL) - mean(darkest, ANIMAL);
    assert!(animals > 50.0, "{animals}");
    let backgrounds = mean(darkest, BACKGROUND) - mean(palest, BACKGROUND);
    assert!(backgrounds.abs() < 25.0, "{backgrounds}");
}

#[test]
fn both_species_come_about_as_one_to_two() {
    for count in 2..40 {
        let breeds = breeds(&config(count, 32, 1));
        let cats = breeds
            .iter()
            .filter(|b| b.species() == Species::Cat)
            .count();
        assert!(cats >= 1 && cats < count, "{count}: {cats}");
        assert!(cats.abs_diff(count / 3) <= 1, "{count}: {cats}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn names_are_unique_and_follow_the_rule(seed: u64) {
        let breeds = breeds(&config(500, 32, seed));
        let lower: Vec<String> = breeds.iter().map(|b| b.name().to_lowercase()).collect();
        prop_assert_eq!(lower.iter().collect::<BTreeSet<_>>().len(), 500);
        prop_assert!(lower.is_sorted());
        for breed in &breeds {
            let capital = breed.name().starts_with(|c: char| c.is_ascii_uppercase());
            prop_assert_eq!(capital, breed.species() == Species::Cat);
            prop_assert!(breed.name().chars().all(|c| c.is_ascii_alphabetic() || c == '_'));
            let picture = breed.picture_name(11);
            prop_assert_eq!(picture.rsplit_once('_'), Some((breed.name(), "12")));
        }
    }

    #[test]
    fn ids_count_from_one_without_gaps(seed: u64, count in 1_usize..80) {
        let breeds = breeds(&config(count, 32, seed));
        for (i, breed) in breeds.iter().enumerate() {
            prop_assert_eq!(breed.class_id(), i + 1);
        }
        for species in [Species::Cat, Species::Dog] {
            let of_species = breeds.iter().filter(|b| b.species() == species);
            for (i, breed) in of_species.enumerate() {
                prop_assert_eq!(breed.breed_id(), i + 1);
            }
        }
    }

    #[test]
    fn parameters_are_checked(breeds in 0_usize..3, images in 0_usize..4, size in 0_u32..3000) {
        let valid = breeds >= 1 && images >= 2 && (32..=2048).contains(&size);
        prop_assert_eq!(DrawConfig::new(breeds, images, size, 0).is_ok(), valid);
    }
}

#[test]
fn more_than_can_be_drawn_is_refused() {
    let text = |breeds, images| {
        let refused = DrawConfig::new(breeds, images, 64, 1);
        refused.unwrap_err().to_string()
    };
    for breeds in [0, 10_001, usize::MAX] {
        let wanted = format!("breeds must be 1 to 10000, not {breeds}");
        assert_eq!(text(breeds, 2), wanted);
    }
    for images in [0, 1, 100_001, usize::MAX] {
        let wanted = format!("images must be 2 to 100000, not {images}: ");
        assert!(text(1, images).starts_with(&wanted), "{}", text(1, images));
    }
    let most = DrawConfig::new(10_000, 100_000, 64, 1).unwrap();
    assert_eq!(most.total(), 1_000_000_000);
}
