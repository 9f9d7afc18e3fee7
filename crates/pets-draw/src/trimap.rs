//! Trimaps: where the animal is.

use image::GrayImage;

/// A pixel of the animal.
pub const ANIMAL: u8 = 1;
/// A pixel of the background, or of a thing in front of the animal.
pub const BACKGROUND: u8 = 2;
/// A pixel between the two, of which neither is known.
pub const BORDER: u8 = 3;

/// The trimap of an animal's opacity with the opacity of what covers it; both row by row.
pub(crate) fn trimap(animal: &[u8], cover: Option<&[u8]>, size: u32) -> GrayImage {
    let inside: Vec<bool> = match cover {
        Some(cover) => animal
            .iter()
            .zip(cover)
            .map(|(&animal, &cover)| animal >= 128 && cover < 128)
            .collect(),
        None => animal.iter().map(|&animal| animal >= 128).collect(),
    };
    let edge = size as usize;
    let reach = (edge / 80).max(1);
    let near_inside = dilate(&inside, edge, reach);
    let outside: Vec<bool> = inside.iter().map(|inside| !inside).collect();
    let near_outside = dilate(&outside, edge, reach);
    let labels = near_inside
        .iter()
        .zip(&near_outside)
        .map(|(&inside, &outside)| match (inside, outside) {
            (true, false) => ANIMAL,
            (false, _) => BACKGROUND,
            (true, true) => BORDER,
        })
        .collect();
    GrayImage::from_raw(size, size, labels).expect("one label for each of size × size pixels")
}

/// Whether a set pixel lies within `reach` pixels in both directions.
fn dilate(set: &[bool], size: usize, reach: usize) -> Vec<bool> {
    let mut rows = set.to_vec();
    for (near, row) in rows.chunks_exact_mut(size).zip(set.chunks_exact(size)) {
        for step in 1..=reach {
            join(&mut near[step..], row);
            join(near, &row[step..]);
        }
    }
    let mut columns = rows.clone();
    for step in (1..=reach).map(|rows| rows * size) {
        join(&mut columns[step..], &rows);
        join(&mut columns, &rows[step..]);
    }
    columns
}

/// Sets what is set in `other`, as far as both reach.
fn join(set: &mut [bool], other: &[bool]) {
    for (set, &other) in set.iter_mut().zip(other) {
        *set |= other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_border_lies_around_the_animal_and_around_its_cover() {
        let size = 9_usize;
        let columns = |wanted: fn(usize) -> bool| -> Vec<u8> {
            (0..size * size)
                .map(|i| if wanted(i % size) { 255 } else { 0 })
                .collect()
        };
        let animal = columns(|x| x < 6);
        let cover = columns(|x| x < 2);
        let map = trimap(&animal, Some(&cover), 9);
        let row: Vec<u8> = map.rows().nth(4).unwrap().map(|p| p.0[0]).collect();
        assert_eq!(row, [2, 3, 3, 1, 1, 3, 3, 2, 2]);
    }

    #[test]
    fn an_empty_picture_is_background() {
        let map = trimap(&[0; 64], None, 8);
        assert!(map.iter().all(|&label| label == BACKGROUND));
    }
}
