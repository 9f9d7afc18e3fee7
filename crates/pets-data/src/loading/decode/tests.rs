//! What decoding takes in memory, and what a picture must have at the least.

mod flat_jpeg;
mod large_pictures;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use flat_jpeg::FlatJpeg;
use large_pictures::{drawn, encoded, large_pictures};

const FORMATS: [ImageFormat; 5] = [
    ImageFormat::Jpeg,
    ImageFormat::Png,
    ImageFormat::Gif,
    ImageFormat::WebP,
    ImageFormat::Bmp,
];

/// How far `run` raises the memory in use at its peak.
fn peak_of<T>(run: impl FnOnce() -> T) -> (T, u64) {
    let (result, peak) = pets_fuzz::peak_of(run);
    (result, peak as u64)
}

fn budget(bytes: u64) -> &'static DecodingBudget {
    Box::leak(Box::new(DecodingBudget::new(bytes)))
}

fn header(bytes: &[u8]) -> PictureHeader {
    PictureHeader::read(&mut Cursor::new(bytes)).unwrap()
}

#[test]
fn the_need_bounds_the_peak_and_is_near_it() {
    for (name, bytes) in large_pictures() {
        let need = header(&bytes).need(0);
        let budget = budget(need);
        let path = Path::new(&name);
        let (picture, peak) = peak_of(|| decode_bytes_within(&bytes, path, budget).unwrap());
        assert!(picture.width() >= 1199, "{name}");
        assert!(peak <= need, "{name}: {peak} > {need}");
        assert!(need <= 2 * peak, "{name}: {need} > 2 * {peak}");
        eprintln!("{name}: needs {need}, takes {peak}");
    }
}

#[test]
fn small_pictures_stay_within_their_need_too() {
    let image = drawn(13, 1);
    for format in FORMATS {
        let bytes = encoded(&image, format);
        let need = header(&bytes).need(0);
        let (picture, peak) = peak_of(|| decode_bytes(&bytes, "small").unwrap());
        assert_eq!(picture.dimensions(), (13, 1));
        assert!(peak <= need, "{format:?}: {peak} > {need}");
    }
}

#[test]
fn damaged_pictures_stay_within_the_budget() {
    const BUDGET: u64 = 4 << 20;
    let image = drawn(40, 30);
    let mut seeds = FORMATS.map(|format| encoded(&image, format)).to_vec();
    seeds.push(encoded(&image.to_rgba16().into(), ImageFormat::Png));
    seeds.push(encoded(&image.to_rgba8().into(), ImageFormat::WebP));
    let progressive = FlatJpeg {
        progressive: true,
        ..FlatJpeg::new(40, 30)
    };
    seeds.push(progressive.bytes());
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut usable = 0;
    for number in 0..800 {
        let mut bytes = seeds[number % seeds.len()].clone();
        for _ in 0..rng.random_range(1..4) {
            // Most of what matters is at the beginning.
            let at = rng.random_range(0..bytes.len().min(200));
            bytes[at] = rng.random();
        }
        let decode = || decode_bytes_within(&bytes, Path::new("damaged"), budget(BUDGET)).is_ok();
        let (good, peak) = peak_of(decode);
        assert!(peak <= BUDGET, "{number}: {peak}");
        usable += usize::from(good);
    }
    assert!((50..750).contains(&usable), "{usable}");
}

#[test]
fn a_file_counts_as_long_as_it_is_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long_1.jpg");
    let mut bytes = FlatJpeg::new(64, 64).bytes();
    bytes.resize(10 << 20, 0);
    std::fs::write(&path, &bytes).unwrap();
    let need = header(&bytes).need(bytes.len() as u64);
    let (_, peak) = peak_of(|| decode_within(&path, budget(need)).unwrap());
    assert!(peak <= need && need <= 2 * peak, "{peak}, {need}");
}

#[test]
fn what_does_not_fit_the_budget_is_named_with_its_size() {
    let bytes = FlatJpeg::new(2000, 1000).bytes();
    let error = decode_bytes_within(&bytes, Path::new("big_1.jpg"), budget(3 << 20)).unwrap_err();
    assert!(matches!(error, DataError::DecodingBudget { .. }), "{error}");
    let said = error.to_string();
    for part in [
        "big_1.jpg",
        "2000 x 1000",
        "8 MiB",
        "3 MiB",
        "data.decode_mb",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn the_pixels_are_reserved_as_long_as_the_picture_lives() {
    let bytes = FlatJpeg::new(1000, 1000).bytes();
    let need = header(&bytes).need(0);
    let budget = budget(need);
    let picture = decode_bytes_within(&bytes, Path::new("a"), budget).unwrap();
    assert_eq!(budget.reserved(), 3_000_000);
    let image = picture.into_image();
    assert_eq!(budget.reserved(), 0);
    assert_eq!(image.as_raw().len(), 3_000_000);
    let damaged = &bytes[..bytes.len() - 2];
    decode_bytes_within(damaged, Path::new("a"), budget).unwrap_err();
    assert_eq!(budget.reserved(), 0);
}

#[test]
fn many_threads_together_stay_within_the_budget() {
    let bytes = FlatJpeg::new(2000, 1500).bytes();
    let room = 2 * header(&bytes).need(0);
    let budget = budget(room);
    let decode_often = || {
        for _ in 0..3 {
            let picture = decode_bytes_within(&bytes, Path::new("a"), budget).unwrap();
            assert_eq!(picture.dimensions(), (2000, 1500));
        }
    };
    let decode_on_threads = || {
        std::thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(decode_often);
            }
        });
    };
    let ((), peak) = peak_of(decode_on_threads);
    assert!(peak <= room, "{peak} > {room}");
    assert_eq!(budget.reserved(), 0);
}

fn structures() -> Vec<FlatJpeg> {
    const SAMPLINGS: [&[[u8; 2]]; 5] = [
        &[[1, 1]],
        &[[1, 1]; 3],
        &[[2, 2], [1, 1], [1, 1]],
        &[[2, 1], [1, 1], [1, 1]],
        &[[1, 1]; 4],
    ];
    let mut structures = Vec::new();
    for (width, height) in [(1, 1), (7, 9), (64, 48), (1001, 333), (3000, 2000)] {
        for sampling in SAMPLINGS {
            for progressive in [false, true] {
                for scan_each in [false, true] {
                    structures.push(FlatJpeg {
                        width,
                        height,
                        sampling,
                        progressive,
                        scan_each,
                    });
                }
            }
        }
    }
    structures
}

#[test]
fn pictures_with_the_fewest_bits_of_all_are_whole() {
    for structure in structures() {
        let bytes = structure.bytes();
        let picture =
            decode_bytes(&bytes, "flat").unwrap_or_else(|error| panic!("{structure:?}: {error}"));
        assert_eq!(
            picture.dimensions(),
            (structure.width.into(), structure.height.into())
        );
        // The decoder takes a scan that it has read whole at the first row for one that has ended there.
        let first = *picture.get_pixel(0, 0);
        assert!(
            structure.scan_each || picture.pixels().all(|pixel| *pixel == first),
            "{structure:?}"
        );
    }
}

#[test]
fn a_scan_with_too_few_bits_is_cut_short() {
    for structure in structures() {
        let bytes = structure.bytes();
        // The last byte of the last scan.
        let mut short = bytes[..bytes.len() - 3].to_vec();
        short.extend([0xFF, 0xD9]);
        let error = decode_bytes(&short, "short_1.jpg").unwrap_err().to_string();
        assert!(
            error.contains("short_1.jpg") && error.contains("cut short"),
            "{structure:?}: {error}"
        );
    }
}

#[test]
fn a_header_with_almost_no_data_is_no_picture() {
    let jpeg = encoded(&drawn(640, 480), ImageFormat::Jpeg);
    let scan = jpeg
        .windows(2)
        .position(|pair| pair == [0xFF, 0xDA])
        .unwrap();
    for kept in [14, 15, 100] {
        let mut short = jpeg[..scan + kept].to_vec();
        short.extend([0xFF, 0xD9]);
        let error = decode_bytes(&short, "almost_1.jpg")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("cut short") && error.contains("640 x 480"),
            "{kept}: {error}"
        );
    }
}

#[test]
fn restart_markers_and_stuffed_bytes_are_no_data() {
    let flat = FlatJpeg {
        sampling: &[[1, 1]],
        ..FlatJpeg::new(64, 64)
    }
    .bytes();
    let data = flat.len() - 2 - 16;
    for filling in [[0xFF, 0xD0], [0xFF, 0x00]] {
        let mut short = flat[..data].to_vec();
        short.extend(filling.repeat(15));
        short.extend([0xFF, 0xD9]);
        let needed = check_completeness(&short);
        assert!(needed.is_err(), "{filling:?}");
    }
}
