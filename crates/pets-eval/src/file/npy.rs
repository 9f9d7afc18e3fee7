//! The npy format for one array: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
//!
//! Own code, because the crates that read it bring a parser generator for a header of three keys.

use super::array::{Array, ValueType, byte_count};
use super::failure::Failure;
use super::memory::Memory;

const MAGIC: &[u8] = b"\x93NUMPY";
/// Data start at a multiple of this.
const ALIGNMENT: usize = 64;
/// Longest header that is read; those of arrays of numbers or strings have about a hundred bytes.
const LONGEST_HEADER: usize = 1 << 16;
/// Bytes of a character of a unicode string.
const CHARACTER: usize = 4;

pub(super) fn is_npy(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// An array of numbers.
pub(super) fn parse(bytes: &[u8]) -> Result<Array<'_>, Failure> {
    let (header, data) = Header::parse(bytes)?;
    let value_type = match header.descr {
        "<f2" => ValueType::F16,
        "<f4" => ValueType::F32,
        "<f8" => ValueType::F64,
        "|i1" => ValueType::I8,
        "|u1" => ValueType::U8,
        "<i2" => ValueType::I16,
        "<u2" => ValueType::U16,
        "<i4" => ValueType::I32,
        "<u4" => ValueType::U32,
        "<i8" => ValueType::I64,
        "<u8" => ValueType::U64,
        other => {
            return Err(Failure::Format(format!(
                "its values are of NumPy's type {other:?}; convert them with astype, for example to float32 or int64"
            )));
        }
    };
    header.check_size(value_type.size(), data)?;
    Array::new(value_type, header.shape, data)
        .ok_or_else(|| "its data do not fill its shape".into())
}

/// An array `[n]` of unicode strings.
pub(super) fn parse_strings(bytes: &[u8], memory: &mut Memory) -> Result<Vec<String>, Failure> {
    let (header, data) = Header::parse(bytes)?;
    let characters = header
        .descr
        .strip_prefix("<U")
        .and_then(|count| count.parse::<usize>().ok());
    let (Some(characters), [count]) = (characters, header.shape.as_slice()) else {
        return Err(Failure::Format(format!(
            "{:?} of NumPy's type {:?} is no list of unicode strings",
            header.shape, header.descr
        )));
    };
    let size = characters
        .checked_mul(CHARACTER)
        .ok_or("its strings are too long")?;
    header.check_size(size, data)?;
    if size == 0 {
        // A header alone could claim any number of empty strings.
        let reason = format!("it holds {count} strings of no character");
        return Err(Failure::Format(reason));
    }
    memory.reserve_strings(*count, data.len())?;
    let mut strings = Vec::with_capacity(*count);
    for bytes in data.chunks_exact(size) {
        strings.push(string(bytes)?);
    }
    Ok(strings)
}

/// A string padded with zero characters.
fn string(bytes: &[u8]) -> Result<String, String> {
    let (characters, _) = bytes.as_chunks::<CHARACTER>();
    let text: Option<String> = characters
        .iter()
        .map(|&character| char::from_u32(u32::from_le_bytes(character)))
        .collect();
    let text = text.ok_or("a string holds what is no unicode character")?;
    Ok(text.trim_end_matches('\0').to_owned())
}

struct Header<'a> {
    descr: &'a str,
    shape: Vec<usize>,
}

impl<'a> Header<'a> {
    /// The header and the bytes behind it.
    fn parse(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), String> {
        let truncated = || String::from("it ends within its header");
        let rest = bytes.strip_prefix(MAGIC).ok_or("it is no .npy array")?;
        let ([major, _], rest) = rest.split_first_chunk().ok_or_else(truncated)?;
        let (length, rest) = match major {
            1 => {
                let (length, rest) = rest.split_first_chunk().ok_or_else(truncated)?;
                (usize::from(u16::from_le_bytes(*length)), rest)
            }
            2 | 3 => {
                let (length, rest) = rest.split_first_chunk().ok_or_else(truncated)?;
                (u32::from_le_bytes(*length) as usize, rest)
            }
            other => return Err(format!("version {other} of the .npy format is not known")),
        };
        if length > LONGEST_HEADER {
            return Err(format!(
                "its header of {length} bytes is longer than the {LONGEST_HEADER} that are read"
            ));
        }
        let (header, data) = rest.split_at_checked(length).ok_or_else(truncated)?;
        let header = std::str::from_utf8(header).map_err(|_| "its header is no text")?;
        Ok((Self::from_text(header)?, data))
    }

    /// From a Python dictionary such as `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`.
    fn from_text(text: &'a str) -> Result<Self, String> {
        let value = |key: &str| {
            text.split_once(&format!("'{key}':"))
                .map(|(_, value)| value.trim_start())
                .ok_or_else(|| format!("its header has no {key}"))
        };
        let descr = value("descr")?
            .strip_prefix('\'')
            .and_then(|rest| rest.split_once('\''))
            .ok_or("its values are records, not numbers")?
            .0;
        let shape: Vec<usize> = value("shape")?
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(')'))
            .ok_or("its shape is no tuple")?
            .0
            .split(',')
            .map(str::trim)
            .filter(|length| !length.is_empty())
            .map(|length| {
                length
                    .parse()
                    .map_err(|_| format!("{length:?} in its shape is no length"))
            })
            .collect::<Result<_, String>>()?;
        if !value("fortran_order")?.starts_with("False") && shape.len() > 1 {
            return Err("it is stored column by column; save numpy.ascontiguousarray of it".into());
        }
        Ok(Self { descr, shape })
    }

    fn check_size(&self, value_size: usize, data: &[u8]) -> Result<(), String> {
        let Self { descr, shape } = self;
        match byte_count(shape, value_size) {
            Some(bytes) if bytes == data.len() => Ok(()),
            Some(bytes) => Err(format!(
                "{shape:?} of {descr} takes {bytes} bytes, but there are {}",
                data.len()
            )),
            None => Err(format!("{shape:?} of {descr} is more than any file holds")),
        }
    }
}

/// The header of an array, up to the first byte of its data.
pub(super) fn header(descr: &str, shape: &[usize]) -> Vec<u8> {
    let lengths: Vec<String> = shape.iter().map(|length| format!("{length}, ")).collect();
    let shape = lengths.concat();
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}");
    let prefix = MAGIC.len() + 4;
    let padded = (prefix + text.len() + 1).next_multiple_of(ALIGNMENT) - prefix;
    text.push_str(&" ".repeat(padded - text.len() - 1));
    text.push('\n');
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes
}

/// A string as an array holds it, padded to `characters`.
pub(super) fn padded_characters(text: &str, characters: usize) -> impl Iterator<Item = u8> {
    text.chars()
        .map(u32::from)
        .chain(std::iter::repeat(0))
        .take(characters)
        .flat_map(u32::to_le_bytes)
}
