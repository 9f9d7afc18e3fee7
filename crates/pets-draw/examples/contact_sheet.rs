//! Writes a contact sheet: a row for each breed.
//!
//! `cargo run --release -p pets-draw --example contact_sheet -- sheet.png [BREEDS] [PICTURES] [SIZE] [SEED]`

use std::error::Error;

use image::{RgbImage, imageops};
use pets_draw::{DrawConfig, breeds, draw};
use rayon::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .ok_or("the first argument is the file to write")?;
    let mut number = |default: u64| arguments.next().map_or(Ok(default), |text| text.parse());
    let (rows, columns, size) = (number(12)?, number(10)?, number(192)?);
    let config = DrawConfig::new(
        rows.try_into()?,
        columns.try_into()?,
        size.try_into()?,
        number(7)?,
    )?;
    let breeds = breeds(&config);
    for breed in &breeds {
        let (pattern, ears, fur) = (breed.pattern(), breed.ears(), breed.fur());
        println!(
            "{:24} {pattern:?}, {ears:?} ears, {fur:?} fur",
            breed.name()
        );
    }
    let pictures: Vec<RgbImage> = (0..config.total())
        .into_par_iter()
        .map(|i| draw(&config, &breeds[i / config.images()], i % config.images()).image)
        .collect();
    let mut sheet = RgbImage::new(config.size() * columns as u32, config.size() * rows as u32);
    for (i, picture) in pictures.iter().enumerate() {
        let (row, column) = (i / config.images(), i % config.images());
        let edge = i64::from(config.size());
        imageops::replace(&mut sheet, picture, column as i64 * edge, row as i64 * edge);
    }
    sheet.save(path)?;
    Ok(())
}
