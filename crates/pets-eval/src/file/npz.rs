//! The npz format for several arrays: a zip archive of npy files, stored or deflated.

use std::io::{self, Cursor, Read, Seek, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::array::Array;
use super::contents::{CLASS_NAMES, Contents, EMBEDDINGS, LABELS, PATHS};
use super::embeddings_file::EmbeddingsFile;
use super::npy;

const MAGIC: &[u8] = b"PK";
/// Deflate cannot make data smaller than this.
const MOST_DEFLATED: u64 = 1032;
/// A member up to this size is read whatever its compressed size.
const SMALL: u64 = 1 << 16;

pub(super) fn is_npz(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

pub(super) fn read(bytes: &[u8]) -> Result<Contents<'static>, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut array = |name: &str| -> Result<Array<'static>, String> {
        let bytes =
            member(&mut archive, name)?.ok_or_else(|| format!("it has no array \"{name}\""))?;
        let array = npy::parse(&bytes).map_err(|reason| format!("\"{name}\": {reason}"))?;
        Ok(array.into_owned())
    };
    let (embeddings, labels) = (array(EMBEDDINGS)?, array(LABELS)?);
    let mut strings = |name: &str| {
        member(&mut archive, name)?
            .map(|bytes| npy::parse_strings(&bytes))
            .transpose()
            .map_err(|reason| format!("\"{name}\": {reason}"))
    };
    Ok(Contents {
        embeddings,
        labels,
        paths: strings(PATHS)?,
        class_names: strings(CLASS_NAMES)?,
    })
}

/// The bytes of the member that holds an array, where there is one.
fn member(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<Vec<u8>>, String> {
    let file = match archive.by_name(&format!("{name}.npy")) {
        Ok(file) => file,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(format!("\"{name}\": {error}")),
    };
    let size = file.size();
    if size > SMALL && size / MOST_DEFLATED > file.compressed_size() {
        return Err(format!(
            "\"{name}\" claims {size} bytes, more than its compressed data can hold"
        ));
    }
    let mut bytes = Vec::new();
    file.take(size + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("\"{name}\": {error}"))?;
    Ok(Some(bytes))
}

pub(super) fn write(file: &EmbeddingsFile, to: &mut (impl Write + Seek)) -> io::Result<()> {
    let rows = &file.embeddings;
    let mut archive = ZipWriter::new(to);
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
    archive.finish().map_err(io::Error::other)?;
    Ok(())
}

fn write_strings(
    archive: &mut ZipWriter<impl Write + Seek>,
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
    archive: &mut ZipWriter<impl Write + Seek>,
    name: &str,
    method: CompressionMethod,
) -> io::Result<()> {
    // Without the time of day, equal embeddings make equal files.
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(zip::DateTime::default())
        .large_file(true);
    archive
        .start_file(format!("{name}.npy"), options)
        .map_err(io::Error::other)
}
