//! What is done to a good file.

use rand::{Rng, RngExt};

/// The longest input: long enough for every seed, short enough to read fast.
const LONGEST: usize = 1 << 16;

/// A copy of one of `seeds` with one to four damages.
pub(crate) fn damaged(seeds: &[&[u8]], rng: &mut impl Rng) -> Vec<u8> {
    let pick = |rng: &mut _| seeds.get(below(seeds.len(), rng)).copied().unwrap_or(&[]);
    let mut bytes = pick(rng).to_vec();
    for _ in 0..=rng.random_range(0..4) {
        let other = pick(rng);
        damage(&mut bytes, other, rng);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn damage(bytes: &mut Vec<u8>, other: &[u8], rng: &mut impl Rng) {
    let at = below(bytes.len(), rng);
    match rng.random_range(0..12) {
        0 => overwrite(bytes, at, &[rng.random()]),
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << rng.random_range(0..8);
            }
        }
        2 => bytes.truncate(at),
        3 => {
            let piece: Vec<u8> = (0..rng.random_range(1..9)).map(|_| rng.random()).collect();
            bytes.splice(at..at, piece);
        }
        4 => drop(bytes.drain(piece_at(bytes, at, rng))),
        5 => {
            let piece = bytes[piece_at(bytes, at, rng)].to_vec();
            let to = below(bytes.len(), rng);
            bytes.splice(to..to, piece);
        }
        6 => {
            let from = below(other.len(), rng);
            overwrite(bytes, at, &other[piece_at(other, from, rng)]);
        }
        7 => overwrite(bytes, at, &lying_number(rng)),
        8 | 9 => replace_decimal(bytes, rng),
        10 => {
            let to = below(bytes.len(), rng);
            if !bytes.is_empty() {
                bytes.swap(at, to);
            }
        }
        _ => bytes.extend_from_slice(&other[..below(other.len(), rng)]),
    }
}

fn below(length: usize, rng: &mut impl Rng) -> usize {
    if length == 0 {
        0
    } else {
        rng.random_range(0..length)
    }
}

/// Up to 32 bytes from `at`.
fn piece_at(bytes: &[u8], at: usize, rng: &mut impl Rng) -> std::ops::Range<usize> {
    at..(at + rng.random_range(1..33)).min(bytes.len())
}

fn overwrite(bytes: &mut [u8], at: usize, piece: &[u8]) {
    for (place, byte) in bytes.iter_mut().skip(at).zip(piece) {
        *place = *byte;
    }
}

/// A number that a length or a count may lie with, in some width and byte order.
fn lying_number(rng: &mut impl Rng) -> Vec<u8> {
    const NUMBERS: [u64; 12] = [
        0,
        1,
        0x7F,
        0xFF,
        0x7FFF,
        0xFFFF,
        20_000,
        0x7FFF_FFFF,
        0xFFFF_FFFF,
        1 << 40,
        i64::MAX as u64,
        u64::MAX,
    ];
    let number = NUMBERS[below(NUMBERS.len(), rng)];
    let width = [1, 2, 4, 8][below(4, rng)];
    let mut bytes = number.to_le_bytes()[..width].to_vec();
    if rng.random() {
        bytes.reverse();
    }
    bytes
}

/// Puts an awkward number in the place of one that is written out in digits.
fn replace_decimal(bytes: &mut Vec<u8>, rng: &mut impl Rng) {
    const NUMBERS: [&str; 12] = [
        "0",
        "-1",
        "1e999",
        "nan",
        "null",
        "20000",
        "2147483648",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "99999999999999999999999",
    ];
    let starts: Vec<usize> = (0..bytes.len())
        .filter(|&at| bytes[at].is_ascii_digit() && (at == 0 || !bytes[at - 1].is_ascii_digit()))
        .collect();
    let Some(&start) = starts.get(below(starts.len(), rng)) else {
        return;
    };
    let digits = bytes[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let number = NUMBERS[below(NUMBERS.len(), rng)];
    bytes.splice(start..start + digits, number.bytes());
}
