//! Made-up animals and embeddings for the examples.

use image::{Rgb, RgbImage};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub(crate) const BREEDS: [&str; 37] = [
    "Abyssinian",
    "american bulldog",
    "american pit bull terrier",
    "basset hound",
    "beagle",
    "Bengal",
    "Birman",
    "Bombay",
    "boxer",
    "British Shorthair",
    "chihuahua",
    "Egyptian Mau",
    "english cocker spaniel",
    "english setter",
    "german shorthaired",
    "great pyrenees",
    "havanese",
    "japanese chin",
    "keeshond",
    "leonberger",
    "Maine Coon",
    "miniature pinscher",
    "newfoundland",
    "Persian",
    "pomeranian",
    "pug",
    "Ragdoll",
    "Russian Blue",
    "saint bernard",
    "samoyed",
    "scottish terrier",
    "shiba inu",
    "Siamese",
    "Sphynx",
    "staffordshire bull terrier",
    "wheaten terrier",
    "yorkshire terrier",
];

/// Breeds of cats are written with a capital letter.
pub(crate) fn kind_of(breed: &str) -> &'static str {
    if breed.starts_with(char::is_uppercase) {
        "cat"
    } else {
        "dog"
    }
}

/// A blob of one colour on another: the look of an imaginary animal of class `class`.
pub(crate) fn animal(class: usize, variant: usize, width: u32, height: u32) -> RgbImage {
    let hue = |shift: usize| ((class * 97 + shift * 61 + variant * 9) % 200 + 40) as u8;
    RgbImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (
            x as f32 / width as f32 - 0.5,
            y as f32 / height as f32 - 0.55,
        );
        let ears = (dx.abs() - 0.22).hypot(dy + 0.3) < 0.1;
        if dx.hypot(dy) < 0.32 || ears {
            Rgb([hue(0), hue(1), hue(2)])
        } else {
            Rgb([190, 205, hue(3).max(150)])
        }
    })
}

/// Unit vectors around `groups` centres; `noise` is the spread relative to a centre's length.
pub(crate) fn clusters(
    groups: usize,
    per_group: usize,
    dim: usize,
    noise: f32,
) -> (Vec<f32>, Vec<usize>) {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut normal = move || (0..12).map(|_| rng.random::<f32>()).sum::<f32>() - 6.0;
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for group in 0..groups {
        let centre: Vec<f32> = (0..dim).map(|_| normal()).collect();
        for _ in 0..per_group {
            let row: Vec<f32> = centre
                .iter()
                .map(|value| value + noise * normal())
                .collect();
            let length = row.iter().map(|value| value * value).sum::<f32>().sqrt();
            values.extend(row.iter().map(|value| value / length));
            labels.push(group);
        }
    }
    (values, labels)
}
