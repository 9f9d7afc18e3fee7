//! Reading the fields of a header.

use std::io::{BufRead, ErrorKind, Read, Seek, SeekFrom};

/// A file, or bytes in memory.
pub(crate) trait Source: BufRead + Seek {}

impl<T: BufRead + Seek> Source for T {}

/// The longest metadata that is read: longer ones are not those that tell an orientation.
const LONGEST: u64 = 1 << 20;

/// The first bytes, as many as tell the format.
pub(super) fn start(source: &mut impl Source) -> Result<Vec<u8>, String> {
    let mut start = Vec::new();
    let read = source.by_ref().take(16).read_to_end(&mut start);
    read.and_then(|_| source.rewind()).map_err(failed)?;
    Ok(start)
}

/// The next `N` bytes.
pub(super) fn bytes<const N: usize>(source: &mut impl Source) -> Result<[u8; N], String> {
    let mut bytes = [0; N];
    source.read_exact(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// The next `length` bytes, or nothing of what is too long to be of interest; they are passed over either way.
pub(super) fn metadata(source: &mut impl Source, length: u64) -> Result<Vec<u8>, String> {
    let end = position(source)? + length;
    let mut bytes = Vec::new();
    if length <= LONGEST {
        let read = source.by_ref().take(length).read_to_end(&mut bytes);
        read.map_err(failed)?;
    }
    go_to(source, end)?;
    Ok(bytes)
}

pub(super) fn skip(source: &mut impl Source, length: u64) -> Result<(), String> {
    source.seek_relative(length as i64).map_err(failed)
}

pub(super) fn position(source: &mut impl Source) -> Result<u64, String> {
    source.stream_position().map_err(failed)
}

pub(super) fn go_to(source: &mut impl Source, position: u64) -> Result<(), String> {
    let from_here = position as i64 - self::position(source)? as i64;
    source.seek_relative(from_here).map_err(failed)
}

/// How many bytes there are.
pub(super) fn length(source: &mut impl Source) -> Result<u64, String> {
    let here = position(source)?;
    let length = source.seek(SeekFrom::End(0)).map_err(failed)?;
    source.seek(SeekFrom::Start(here)).map_err(failed)?;
    Ok(length)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "this is what `map_err` takes"
)]
fn failed(error: std::io::Error) -> String {
    if error.kind() == ErrorKind::UnexpectedEof {
        "the file is cut short: it ends within its header".to_owned()
    } else {
        error.to_string()
    }
}
