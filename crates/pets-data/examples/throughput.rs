//! Images a second that one thread decodes, resizes and augments:
//! `cargo run --release -p pets-data --example throughput -- data/oxford-iiit-pet [IMAGES] [IMG_SIZE]`

use std::error::Error;
use std::time::Instant;

use pets_data::{
    Augmentation, Dataset, Normalization, Sample, Transform, TransformBuffers, decode,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments
        .next()
        .ok_or("usage: throughput DIR [IMAGES] [IMG_SIZE]")?;
    let count = arguments
        .next()
        .map_or(Ok(1000), |count| count.parse::<usize>())?;
    let img_size = arguments
        .next()
        .map_or(Ok(224), |size| size.parse::<u32>())?;
    let dataset = Dataset::open(dir)?;
    let samples = &dataset.samples()[..count.min(dataset.samples().len())];

    // Once before the clock starts, so that the files are in memory.
    decode_all(samples)?;
    let started = Instant::now();
    decode_all(samples)?;
    report("decode", samples.len(), started);

    let crop = Augmentation {
        random_resized_crop: Some((0.5, 1.0)),
        ..Augmentation::default()
    };
    for (name, augmentation) in [
        ("decode, resize", Augmentation::none()),
        ("decode, resize, augment", Augmentation::default()),
        ("decode, crop, augment", crop),
    ] {
        let transform = Transform::train(img_size, Normalization::IMAGENET, augmentation)?;
        let mut planes = vec![0.0; transform.output_len()];
        let mut buffers = TransformBuffers::default();
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let started = Instant::now();
        for sample in samples {
            transform.apply(&decode(&sample.path)?, &mut rng, &mut buffers, &mut planes)?;
        }
        report(name, samples.len(), started);
    }
    Ok(())
}

fn decode_all(samples: &[Sample]) -> Result<(), Box<dyn Error>> {
    for sample in samples {
        std::hint::black_box(decode(&sample.path)?);
    }
    Ok(())
}

fn report(name: &str, images: usize, started: Instant) {
    println!(
        "{name:25} {:7.0} images/s",
        images as f64 / started.elapsed().as_secs_f64()
    );
}
