//! A photo of the usual size, 500 × 375 pixels, on its way to a tensor of 224 px, one thread:
//!
//!     cargo bench -p pets-data

use std::hint::black_box;
use std::io::Cursor;

use criterion::{Criterion, criterion_group, criterion_main};
use image::{ImageFormat, Rgb, RgbImage};
use pets_data::{Augmentation, Normalization, Transform, TransformBuffers, decode_bytes};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Waves of colour: neither flat, which decodes too fast, nor noise, which decodes too slowly.
fn picture() -> RgbImage {
    RgbImage::from_fn(500, 375, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let wave = |phase: f32| {
            let value = (x * 0.11 + phase).sin() + (y * 0.07 - phase).cos() + (x * y * 0.001).sin();
            (value * 40.0 + 128.0) as u8
        };
        Rgb([wave(0.0), wave(1.0), wave(2.0)])
    })
}

fn benches(criterion: &mut Criterion) {
    let picture = picture();
    let mut jpeg = Cursor::new(Vec::new());
    picture
        .write_to(&mut jpeg, ImageFormat::Jpeg)
        .expect("a picture fits in memory");
    let jpeg = jpeg.into_inner();
    criterion.bench_function("decode", |bencher| {
        bencher.iter(|| decode_bytes(black_box(&jpeg), "picture.jpg"));
    });

    let rotation = Augmentation {
        rotation_degrees: 10.0,
        ..Augmentation::none()
    };
    let jitter = Augmentation {
        color_jitter: 0.2,
        ..Augmentation::none()
    };
    let crop = Augmentation {
        random_resized_crop: Some((0.5, 1.0)),
        ..Augmentation::default()
    };
    for (name, augmentation) in [
        ("resize", Augmentation::none()),
        ("resize and rotate", rotation),
        ("resize and jitter", jitter),
        ("resize and augment", Augmentation::default()),
        ("crop and augment", crop),
    ] {
        let transform = Transform::train(224, Normalization::IMAGENET, augmentation)
            .expect("these augmentations are in range");
        let mut planes = vec![0.0; transform.output_len()];
        let mut buffers = TransformBuffers::default();
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        criterion.bench_function(name, |bencher| {
            bencher
                .iter(|| transform.apply(black_box(&picture), &mut rng, &mut buffers, &mut planes));
        });
    }
}

criterion_group!(transforms, benches);
criterion_main!(transforms);
