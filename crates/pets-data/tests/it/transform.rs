//! What becomes of a picture on its way to a network.

use image::{Rgb, RgbImage};
use pets_data::{Augmentation, DataError, Normalization, Transform, TransformBuffers};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::pictures::picture;

/// Normalisation that leaves pixel values in 0..=255.
const RAW: Normalization = Normalization {
    mean: [0.0; 3],
    std: [1.0 / 255.0; 3],
};

fn apply(transform: &Transform, picture: &RgbImage, seed: u64) -> Vec<f32> {
    let mut planes = vec![f32::NAN; transform.output_len()];
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut buffers = TransformBuffers::default();
    transform
        .apply(picture, &mut rng, &mut buffers, &mut planes)
        .unwrap();
    planes
}

fn assert_close(values: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(values.len(), expected.len());
    for (value, wanted) in values.iter().zip(expected) {
        assert!(
            (value - wanted).abs() <= tolerance,
            "{values:?} is not {expected:?}"
        );
    }
}

#[test]
fn a_constant_picture_stays_constant_at_any_size() {
    let constant = RgbImage::from_pixel(61, 20, Rgb([10, 127, 250]));
    for size in [1, 7, 32, 100] {
        let transform = Transform::eval(size, Normalization::LITE).unwrap();
        let planes = apply(&transform, &constant, 0);
        for (plane, value) in planes.chunks(planes.len() / 3).zip([10.0, 127.0, 250.0]) {
            assert_close(plane, &vec![(value - 127.0) / 128.0; plane.len()], 1e-6);
        }
    }
}

#[test]
fn the_same_size_is_only_normalised() {
    let source = picture(8, 8, 1);
    let transform = Transform::eval(8, Normalization::IMAGENET).unwrap();
    let planes = apply(&transform, &source, 0);
    let expected: Vec<f32> = (0..3)
        .flat_map(|channel| {
            let Normalization { mean, std } = Normalization::IMAGENET;
            source
                .pixels()
                .map(move |p| (f32::from(p[channel]) / 255.0 - mean[channel]) / std[channel])
        })
        .collect();
    assert_close(&planes, &expected, 1e-5);
}

#[test]
fn halving_antialiases_with_the_triangle_filter() {
    // Halving an axis weighs four neighbours 1 : 3 : 3 : 1; where the border cuts the triangle, what is left is
    // scaled to sum 1 (3 : 3 : 1).
    let values = [0, 70, 140, 210];
    let source = RgbImage::from_fn(4, 1, |x, _| Rgb([values[x as usize]; 3]));
    let transform = Transform::eval(2, RAW).unwrap();
    let planes = apply(&transform, &source, 0);
    let left = (3.0 * 0.0 + 3.0 * 70.0 + 140.0) / 7.0;
    let right = (70.0 + 3.0 * 140.0 + 3.0 * 210.0) / 7.0;
    assert_close(&planes, &[left, right, left, right].repeat(3), 0.51);
}

#[test]
fn flip_mirrors_about_every_second_picture() {
    let augmentation = Augmentation {
        horizontal_flip: true,
        ..Augmentation::none()
    };
    let transform = Transform::train(6, RAW, augmentation).unwrap();
    let source = picture(6, 6, 2);
    let plain = apply(&Transform::eval(6, RAW).unwrap(), &source, 0);
    let mut mirrored = plain.clone();
    mirrored.chunks_mut(6).for_each(<[f32]>::reverse);
    let flips = (0..200)
        .filter(|&seed| {
            let planes = apply(&transform, &source, seed);
            assert!(planes == plain || planes == mirrored);
            planes == mirrored
        })
        .count();
    assert!((70..130).contains(&flips), "{flips} of 200");
}

#[test]
fn jitter_keeps_grey_pictures_grey_and_changes_their_value() {
    let augmentation = Augmentation {
        color_jitter: 0.2,
        ..Augmentation::none()
    };
    let transform = Transform::train(4, RAW, augmentation).unwrap();
    let grey = RgbImage::from_pixel(4, 4, Rgb([100; 3]));
    let values: Vec<f32> = (0..100)
        .map(|seed| apply(&transform, &grey, seed)[0])
        .collect();
    // Of a constant grey picture only brightness changes: 100 · [0.8, 1.2].
    assert!(
        values.iter().all(|value| (78.0..=120.0).contains(value)),
        "{values:?}"
    );
    assert!(values.iter().any(|&value| value < 90.0) && values.iter().any(|&value| value > 110.0));
    for seed in 0..20 {
        let planes = apply(&transform, &grey, seed);
        assert_close(&planes, &[planes[0]; 48], 0.0);
    }
}

#[test]
fn augmentation_follows_the_random_generator_alone() {
    let augmentation = Augmentation {
        random_resized_crop: Some((0.5, 1.0)),
        ..Augmentation::default()
    };
    let transform = Transform::train(16, Normalization::IMAGENET, augmentation).unwrap();
    let source = picture(40, 30, 3);
    let mut buffers = TransformBuffers::default();
    let mut reused = vec![0.0; transform.output_len()];
    for seed in [5, 6, 5] {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        transform
            .apply(&source, &mut rng, &mut buffers, &mut reused)
            .unwrap();
        assert_eq!(reused, apply(&transform, &source, seed));
    }
    assert_ne!(apply(&transform, &source, 5), apply(&transform, &source, 6));
}

#[test]
fn a_crop_shows_a_part_of_the_picture() {
    let augmentation = Augmentation {
        random_resized_crop: Some((0.2, 0.3)),
        ..Augmentation::none()
    };
    let transform = Transform::train(8, RAW, augmentation).unwrap();
    let ramp = RgbImage::from_fn(200, 200, |x, _| Rgb([x as u8; 3]));
    for seed in 0..30 {
        let planes = apply(&transform, &ramp, seed);
        let width = (planes[7] - planes[0]) * 8.0 / 7.0;
        // √(0.2 · 3/4) to √(0.3 · 4/3) of 200.
        assert!((72.0..=132.0).contains(&width), "{width}");
    }
}

#[test]
fn none_is_the_evaluation_transform() {
    let train = Transform::train(9, Normalization::LITE, Augmentation::none()).unwrap();
    let eval = Transform::eval(9, Normalization::LITE).unwrap();
    assert_eq!(
        apply(&train, &picture(20, 12, 4), 1),
        apply(&eval, &picture(20, 12, 4), 2)
    );
}

#[test]
fn wrong_sizes_and_parameters_are_errors() {
    for img_size in [0, 8193] {
        let error = Transform::eval(img_size, Normalization::LITE)
            .unwrap_err()
            .to_string();
        assert!(error.contains("img_size"), "{error}");
    }
    let std = Normalization {
        std: [1.0, 0.0, 1.0],
        ..Normalization::LITE
    };
    assert!(
        Transform::eval(8, std)
            .unwrap_err()
            .to_string()
            .contains("std")
    );
    let mean = Normalization {
        mean: [f32::NAN; 3],
        ..Normalization::LITE
    };
    assert!(
        Transform::eval(8, mean)
            .unwrap_err()
            .to_string()
            .contains("mean")
    );
    let augmentation = Augmentation {
        rotation_degrees: 181.0,
        ..Augmentation::default()
    };
    let error = Transform::train(8, Normalization::LITE, augmentation)
        .unwrap_err()
        .to_string();
    assert!(error.contains("rotation_degrees = 181"), "{error}");

    let transform = Transform::eval(8, Normalization::LITE).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut buffers = TransformBuffers::default();
    let mut apply = |picture: &RgbImage, planes: &mut [f32]| {
        transform
            .apply(picture, &mut rng, &mut buffers, planes)
            .unwrap_err()
    };
    let error = apply(&RgbImage::new(0, 5), &mut [0.0; 192]);
    assert!(matches!(error, DataError::Transform { .. }), "{error}");
    let error = apply(&RgbImage::new(5, 5), &mut [0.0; 191]);
    assert!(matches!(error, DataError::Transform { .. }), "{error}");
}
