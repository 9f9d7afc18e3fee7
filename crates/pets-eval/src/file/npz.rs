//! The npz format for several arrays: a zip archive of npy files, stored or deflated.

use std::io::{self, Cursor, Read, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::contents::{CLASS_NAMES, Contents, EMBEDDINGS, LABELS, PATHS};
use super::embeddings_file::EmbeddingsFile;
use super::failure::Failure;
use super::memory::Memory;
use super::npy;

const MAGIC: &[u8] = b"PK";
/// What `NumPy` adds to the name of an array.
const SUFFIX: &str = ".npy";
/// The start of a member's entry in the index, and what an entry takes beside the bytes of the file.
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_MEMORY: u64 = 1024;
/// The start of what points to the index of an archive beyond 4 GiB, which may claim any number of members; and the last
/// bytes of a file, in which it lies.
const LARGE_INDEX: &[u8] = b"PK\x06\x07";
const TAIL: usize = (1 << 16) + 42;
/// Deflate cannot make data smaller than this.
const MOST_DEFLATED: u64 = 1032;
/// A member up to this size is read whatever its compressed size.
const SMALL: u64 = 1 << 16;

pub(super) fn is_npz(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

pub(super) fn read(bytes: &[u8], memory: &mut Memory) -> Result<Contents, Failure> {
    check_index(bytes, memory)?;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut part = |name: &str, memory: &mut Memory| {
        member(&mut archive, name, memory).map_err(|failure| failure.within(name))
    };
    let missing = |name| format!("it has no array \"{name}\"");
    let rows = part(EMBEDDINGS, memory)?.ok_or_else(|| missing(EMBEDDINGS))?;
    let rows = npy::parse(&rows).and_then(|array| array.to_rows(memory));
    let labels = part(LABELS, memory)?.ok_or_else(|| missing(LABELS))?;
    let labels = npy::parse(&labels).and_then(|array| array.to_labels(memory));
    let mut strings = |name: &str| {
        part(name, memory)?
            .map(|bytes| npy::parse_strings(&bytes, memory))
            .transpose()
            .map_err(|failure| failure.within(name))
    };
    Ok(Contents {
        rows: rows.map_err(|failure| failure.within(EMBEDDINGS))?,
        labels: labels.map_err(|failure| failure.within(LABELS))?,
        paths: strings(PATHS)?,
        class_names: strings(CLASS_NAMES)?,
    })
}

/// Speaks for the index, which the library reads as a whole.
fn check_index(bytes: &[u8], memory: &mut Memory) -> Result<(), Failure> {
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    if u32::try_from(bytes.len()).is_ok() && occurrences(tail, LARGE_INDEX) > 0 {
        return Err("it has the index of an archive beyond 4 GiB, which it is not".into());
    }
    memory.reserve(ENTRY_MEMORY * occurrences(bytes, ENTRY))
}

fn occurrences(bytes: &[u8], sequence: &[u8]) -> u64 {
    let places = bytes.windows(sequence.len());
    places.filter(|&place| place == sequence).count() as u64
}

/// The bytes of the member that holds an array, where there is one; no more than it claims.
fn member(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    name: &str,
    memory: &mut Memory,
) -> Result<Option<Vec<u8>>, Failure> {
    let file = match archive.by_name(&format!("{name}{SUFFIX}")) {
        Ok(file) => file,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(error.to_string().into()),
    };
    let size = file.size();
    if size > SMALL && size / MOST_DEFLATED > file.compressed_size() {
        let reason = format!("it claims {size} bytes, more than its compressed data can hold");
        return Err(reason.into());
    }
    memory.reserve(size)?;
    let mut bytes = Vec::with_capacity(size as usize + 1);
    file.take(size + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 != size {
        return Err(format!("it does not hold the {size} bytes that it claims").into());
    }
    Ok(Some(bytes))
}

/// The whole file: the library reports a failure of what it writes to on the error stream.
pub(super) fn to_bytes(file: &EmbeddingsFile) -> io::Result<Vec<u8>> {
    let rows = &file.embeddings;
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    start(&mut archive, EMBEDDINGS, CompressionMethod::Stored)?;
    archive.write_all(&npy::header("<f4", &[rows.len(), rows.dim()]))?;
    let mut buffer = Vec::with_capacity(4 * rows.dim());
    for row in 0..rows.len() {
        buffer.clear();
        buffer.extend(rows.row(row).iter().flat_map(|value| value.to_le_bytes()));
        archive.write_all(&buffer)?;
    }
    start(&mut archive, LABELS, CompressionMethod::Stored)?;
    archive.write_all(&npy::header("<i8", &[rows.len()]))?;
    let labels = rows.labels().iter().map(|&label| i64::from(label));
    archive.write_all(&labels.flat_map(i64::to_le_bytes).collect::<Vec<u8>>())?;
    for (name, strings) in [(PATHS, &file.paths), (CLASS_NAMES, &file.class_names)] {
        if let Some(strings) = strings {
            write_strings(&mut archive, name, strings)?;
        }
    }
    let bytes = archive.finish().map_err(io::Error::other)?;
    Ok(bytes.into_inner())
}

fn write_strings(
    archive: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    strings: &[String],
) -> io::Result<()> {
    let longest = strings.iter().map(|text| text.chars().count()).max();
    let characters = longest.unwrap_or(0).max(1);
    start(archive, name, CompressionMethod::Deflated)?;
    archive.write_all(&npy::header(&format!("<U{characters}"), &[strings.len()]))?;
    for text in strings {
        let padded: Vec<u8> = npy::padded_characters(text, characters).collect();
        archive.write_all(&padded)?;
    }
    Ok(())
}

fn start(
    archive: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    method: CompressionMethod,
) -> io::Result<()> {
    // Without the time of day, equal embeddings make equal files.
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(zip::DateTime::default())
        .large_file(true);
    archive
        .start_file(format!("{name}{SUFFIX}"), options)
        .map_err(io::Error::other)
}
