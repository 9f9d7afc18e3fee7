//! Writing a whole set, picture by picture.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageError};
use rayon::prelude::*;

use super::folder::{self, ALL, FOLDERS, State, TEST, TRAINVAL, io};
use super::lists::Lists;
use super::marker::{self, FINISHED, UNFINISHED};
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
/// `progress` hears of each finished picture as (done, total), from any thread and not always in order.
///
/// The marker file `drawn.json` appears last. Until then `drawn.json.partial` stands in its place, so a drawing that
/// was cut off is recognised, cleared away and drawn anew.
///
/// # Errors
///
/// [`DrawError::Foreign`] or [`DrawError::OtherSet`] for a folder that holds something else (nothing is written),
/// [`DrawError::Marker`] for a marker that cannot be read, [`DrawError::Io`] or [`DrawError::Encode`] if a file
/// cannot be written.
pub fn draw_dataset(
    config: &DrawConfig,
    dir: &Path,
    progress: impl Fn(usize, usize) + Sync,
) -> Result<DrawOutcome, DrawError> {
    match folder::prepare(dir, config)? {
        State::Finished => return Ok(DrawOutcome::AlreadyThere),
        State::Free => {}
    }
    fs::create_dir_all(dir).map_err(|source| io("make the folder", dir, source))?;
    write(dir, Path::new(UNFINISHED), marker::text(config).as_bytes())?;
    for folder in FOLDERS {
        let path = dir.join(folder);
        fs::create_dir_all(&path).map_err(|source| io("make the folder", &path, source))?;
    }
    let breeds = breeds(config);
    let lists = Lists::new(config, &breeds);
    for (path, text) in [
        (ALL, lists.all),
        (TRAINVAL, lists.trainval),
        (TEST, lists.test),
    ] {
        write(dir, Path::new(path), text.as_bytes())?;
    }
    let done = AtomicUsize::new(0);
    (0..config.total()).into_par_iter().try_for_each(|i| {
        let breed = &breeds[i / config.images()];
        write_drawing(dir, config, breed, i % config.images())?;
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, config.total());
        Ok::<(), DrawError>(())
    })?;
    let finished = dir.join(FINISHED);
    fs::rename(dir.join(UNFINISHED), &finished).map_err(|source| io("write", &finished, source))?;
    Ok(DrawOutcome::Drawn)
}

fn write_drawing(
    dir: &Path,
    config: &DrawConfig,
    breed: &Breed,
    picture: usize,
) -> Result<(), DrawError> {
    let drawing = draw(config, breed, picture);
    let image = folder::image_path(breed, picture);
    let jpeg = encode(&image, |into| jpeg(&drawing, into))?;
    write(dir, &image, &jpeg)?;
    let trimap = folder::trimap_path(breed, picture);
    let png = encode(&trimap, |into| png(&drawing, into))?;
    write(dir, &trimap, &png)
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

fn write(dir: &Path, relative: &Path, bytes: &[u8]) -> Result<(), DrawError> {
    let path = dir.join(relative);
    fs::write(&path, bytes).map_err(|source| io("write", &path, source))
}
