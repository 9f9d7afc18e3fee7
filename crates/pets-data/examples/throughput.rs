//! Images a second that one thread decodes, resizes and augments:
//! `cargo run --release -p pets-data --example throughput -- data/oxford-iiit-pet [IMAGES] [IMG_SIZE]`

use std::error::Error;

use pets_bench::measure;
use pets_data::{
    Augmentation, DataError, Dataset, Normalization, Transform, TransformBuffers, decode,
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

    let mut result = Ok(());
    let decoding = measure("decode, one thread", samples.len(), 1, || {
        result = samples.iter().try_for_each(|sample| {
            std::hint::black_box(decode(&sample.path)?);
            Ok::<(), DataError>(())
        });
    });
    result?;
    println!("{decoding}");

    let crop = Augmentation {
        random_resized_crop: Some((0.5, 1.0)),
        ..Augmentation::default()
    };
    for (job, augmentation) in [
        ("decode and resize, one thread", Augmentation::none()),
        (
            "decode, resize and augment, one thread",
            Augmentation::default(),
        ),
        ("decode, crop and augment, one thread", crop),
    ] {
        let transform = Transform::train(img_size, Normalization::IMAGENET, augmentation)?;
        let mut planes = vec![0.0; transform.output_len()];
        let mut buffers = TransformBuffers::default();
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut result = Ok(());
        let measurement = measure(job, samples.len(), 1, || {
            result = samples.iter().try_for_each(|sample| {
                transform.apply(&*decode(&sample.path)?, &mut rng, &mut buffers, &mut planes)
            });
        });
        result?;
        println!("{measurement}");
    }
    Ok(())
}
