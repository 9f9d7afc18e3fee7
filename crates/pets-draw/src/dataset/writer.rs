//! Writing a whole set, picture by picture.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageError};
use rayon::prelude::*;

use super::folder::{self, FOLDERS};
use super::lists::write_lists;
use super::marker::{self, FINISHED, UNFINISHED};
use super::output::Output;
use crate::{Breed, DrawConfig, DrawError, Drawing, breeds, draw};

/// JPEG quality of the pictures, 1 to 100.
const QUALITY: u8 = 90;

/// What [`draw_dataset`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawOutcome {
    /// The set was drawn.
    Drawn,
    /// The folder holds this very set already; nothing was written.
    AlreadyThere,
}

/// Draws a whole set into `dir`, which is made if it does not exist.
///
/// Pictures are drawn on rayon's current thread pool; the files are the same whatever the number of threads.
/// `progress` hears of each finished picture as (done, total), from any thread and not always in order, and before that
/// now and then of (0, total). It answers whether to go on: after a no each thread finishes the picture that it is at.
///
/// The marker file `drawn.json` appears last. Until then `drawn.json.partial` stands in its place, so a drawing that
/// was cut off is recognised, cleared away and drawn anew. The folder is locked meanwhile, with the file `.lock` in it; to
/// find the set there already takes no lock, so that the folder may be read-only.
///
/// # Errors
///
/// [`DrawError::Foreign`] or [`DrawError::OtherSet`] for a folder that holds something else (nothing is written),
/// [`DrawError::Marker`] for a marker that cannot be read, [`DrawError::Lock`] where another process writes into the
/// folder or the folder is moved away, [`DrawError::Interrupted`] where `progress` says so, [`DrawError::Io`] or
/// [`DrawError::Encode`] if a file cannot be written.
pub fn draw_dataset(
    config: &DrawConfig,
    dir: &Path,
    progress: impl Fn(usize, usize) -> bool + Sync,
) -> Result<DrawOutcome, DrawError> {
    if folder::is_finished(dir, config)? {
        return Ok(DrawOutcome::AlreadyThere);
    }
    let lock = folder::lock(dir)?;
    // Another process may have finished it in between.
    if folder::is_finished(dir, config)? {
        return Ok(DrawOutcome::AlreadyThere);
    }
    let tell = |done| {
        if progress(done, config.total()) {
            Ok(())
        } else {
            Err(DrawError::Interrupted)
        }
    };
    tell(0)?;
    folder::clear(&lock, &|| tell(0))?;
    let output = Output::new(lock);
    output.write(Path::new(UNFINISHED), marker::text(config).as_bytes())?;
    for folder in FOLDERS {
        output.create_folder(folder)?;
    }
    let breeds = breeds(config);
    write_lists(config, &breeds, &output, || tell(0))?;
    let done = AtomicUsize::new(0);
    (0..config.total()).into_par_iter().try_for_each(|i| {
        let breed = &breeds[i / config.images()];
        write_drawing(&output, config, breed, i % config.images())?;
        tell(done.fetch_add(1, Ordering::Relaxed) + 1)
    })?;
    output.rename(UNFINISHED, FINISHED)?;
    Ok(DrawOutcome::Drawn)
}

fn write_drawing(
    output: &Output,
    config: &DrawConfig,
    breed: &Breed,
    picture: usize,
) -> Result<(), DrawError> {
    let drawing = draw(config, breed, picture);
    let image = folder::image_path(breed, picture);
    let jpeg = encode(&image, |into| jpeg(&drawing, into))?;
    output.write(&image, &jpeg)?;
    let trimap = folder::trimap_path(breed, picture);
    let png = encode(&trimap, |into| png(&drawing, into))?;
    output.write(&trimap, &png)
}

fn encode(
    path: &Path,
    encoder: impl FnOnce(&mut Vec<u8>) -> Result<(), ImageError>,
) -> Result<Vec<u8>, DrawError> {
    let mut bytes = Vec::new();
    encoder(&mut bytes).map_err(|source| DrawError::Encode {
        path: path.into(),
        source,
    })?;
    Ok(bytes)
}

fn jpeg(drawing: &Drawing, into: &mut Vec<u8>) -> Result<(), ImageError> {
    let image = &drawing.image;
    JpegEncoder::new_with_quality(into, QUALITY).encode(
        image,
        image.width(),
        image.height(),
        ExtendedColorType::Rgb8,
    )
}

fn png(drawing: &Drawing, into: &mut Vec<u8>) -> Result<(), ImageError> {
    let map = &drawing.trimap;
    PngEncoder::new_with_quality(into, CompressionType::Fast, FilterType::Up).write_image(
        map,
        map.width(),
        map.height(),
        ExtendedColorType::L8,
    )
}
