//! What reading a file takes: never more than is allowed, and nothing to speak of where it is refused at once.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use pets_eval::{Embeddings, EmbeddingsFile, EvalError};
use pets_fuzz::peak_of;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const MIB: usize = 1 << 20;
/// What readers take for themselves, such as the state of a decompressor.
const BASE: usize = MIB / 4;

fn put(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}

fn npz(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in members {
        archive.start_file(format!("{name}.npy"), options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// An archive of one row, and names of one zero character each.
fn npz_of_names(names: usize) -> Vec<u8> {
    npz(&[
        ("embeddings", npy("<f4", "(1, 1)", &[0; 4])),
        ("labels", npy("|u1", "(1,)", &[0])),
        (
            "class_names",
            npy("<U1", &format!("({names},)"), &vec![0; 4 * names]),
        ),
    ])
}

fn with_header(header: &str) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat()
}

/// The error for a file that takes more than `limit`, and the memory it took.
fn refusal(bytes: &[u8], limit: usize) -> (String, usize) {
    let (_folder, path) = put(bytes);
    let (outcome, took) = peak_of(|| EmbeddingsFile::read(&path, limit as u64));
    let error = outcome.expect_err("it must be refused");
    assert!(
        error.to_string().contains(path.to_str().unwrap()),
        "{error}"
    );
    (error.to_string(), took)
}

#[test]
fn names_without_text_count_for_what_they_take() {
    let bytes = npz_of_names(4 * MIB);
    assert!(bytes.len() < MIB / 16);
    let (said, took) = refusal(&bytes, 100 * MIB);
    let needed = 4 * (24 + 16) + 16 + 16;
    let expected = format!(
        "takes {} MiB of memory or more, but the max memory is 100 MiB",
        needed + 1
    );
    assert!(said.contains(&expected), "{said}");
    assert!(took < 16 * MIB + 2 * bytes.len() + BASE, "{took}");
}

#[test]
fn zeros_are_not_unpacked_where_there_is_no_room_for_them() {
    let rows = npy("<f4", "(4194304, 2)", &vec![0; 32 * MIB]);
    let bytes = npz(&[("embeddings", rows)]);
    let (said, took) = refusal(&bytes, 30 * MIB);
    assert!(said.contains("max memory is 30 MiB"), "{said}");
    assert!(took < 2 * bytes.len() + BASE, "{took}");
}

#[test]
fn a_member_is_not_unpacked_beyond_what_it_claims() {
    let rows = npy("<f4", "(4194304, 2)", &vec![0; 32 * MIB]);
    let claimed = (rows.len() as u32).to_le_bytes();
    let mut bytes = npz(&[("embeddings", rows)]);
    let places: Vec<usize> = (0..bytes.len() - 4)
        .filter(|&at| bytes[at..at + 4] == claimed)
        .collect();
    assert_eq!(places.len(), 2);
    for at in places {
        bytes[at..at + 4].copy_from_slice(&((MIB / 2) as u32).to_le_bytes());
    }
    let (said, took) = refusal(&bytes, 100 * MIB);
    assert!(
        said.contains("File is larger than its declared uncompressed size"),
        "{said}"
    );
    assert!(took < MIB / 2 + 2 * bytes.len() + BASE, "{took}");
}

#[test]
fn a_long_header_is_refused_and_one_of_many_tensors_takes_little() {
    let tensors = |count: usize| {
        let list: Vec<String> = (0..count)
            .map(|at| {
                format!("\"t{at}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}")
            })
            .collect();
        with_header(&format!("{{{}}}", list.join(",")))
    };
    let bytes = tensors(400_000);
    let (said, took) = refusal(&bytes, 4 << 30);
    assert!(
        said.contains("longer than the 16777216 that are read"),
        "{said}"
    );
    assert!(took < bytes.len() + BASE, "{took}");

    let bytes = tensors(100_000);
    let (said, took) = refusal(&bytes, 4 << 30);
    assert!(
        said.contains("it has no tensor \"embeddings\", only [\"t0\""),
        "{said}"
    );
    assert!(took < bytes.len() + BASE, "{took}");
    assert!(refusal(&bytes, 20 * MIB).0.contains("max memory is 20 MiB"));
}

/// The smallest limit with which a file is read, to a few KiB.
fn least_limit(read: impl Fn(u64) -> Result<EmbeddingsFile, EvalError>) -> u64 {
    let (mut refused, mut read_with) = (0, EmbeddingsFile::DEFAULT_MAX_MEMORY);
    while read_with - refused > 4096 {
        let limit = u64::midpoint(refused, read_with);
        match read(limit) {
            Ok(_) => read_with = limit,
            Err(EvalError::TooMuchMemory { .. }) => refused = limit,
            Err(other) => panic!("{other}"),
        }
    }
    read_with
}

fn assert_within_limit(path: &Path) {
    let limit = least_limit(|limit| EmbeddingsFile::read(path, limit));
    let (_, took) = peak_of(|| EmbeddingsFile::read(path, limit));
    assert!(took <= limit as usize + BASE, "{took} of {limit}");
    assert!(took > limit as usize / 4, "{took} of {limit}");
}

#[test]
fn what_is_reckoned_bounds_what_is_taken() {
    let rows = 30_000;
    let data: Vec<f32> = (0..rows * 8).map(|at| at as f32).collect();
    let embeddings = Embeddings::new(data, 8, vec![0; rows]).unwrap();
    let file = EmbeddingsFile::new(embeddings)
        .with_paths((0..rows).map(|row| format!("{row}.jpg")).collect())
        .and_then(|file| file.with_class_names(vec![String::new(); 40_000]))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    for name in ["some.npz", "some.safetensors"] {
        let path = folder.path().join(name);
        file.write(&path).unwrap();
        assert_within_limit(&path);
    }
    assert_within_limit(&put(&npz_of_names(100_000)).1);

    let rows = put(&npy("<f8", "(50000, 2)", &vec![0; 800_000]));
    let labels = put(&npy("<i8", "(50000,)", &vec![0; 400_000]));
    let read = |limit| EmbeddingsFile::read_npy(&rows.1, &labels.1, limit);
    let limit = least_limit(read);
    let (_, took) = peak_of(|| read(limit));
    assert!(took <= limit as usize + BASE, "{took} of {limit}");
}
