//! Files of embeddings: written and read back, written by `NumPy`, damaged in every way.

use std::path::{Path, PathBuf};

use pets_eval::{Embeddings, EmbeddingsFile, EvalError};
use proptest::prelude::*;
use safetensors::tensor::{Dtype, TensorView, serialize};
use tempfile::TempDir;

fn example() -> EmbeddingsFile {
    let data = vec![0.5, -1.0, 0.25, 3.0, 0.0, 1e-3];
    EmbeddingsFile::new(Embeddings::new(data, 2, vec![2, 0, 2]).expect("valid"))
        .with_paths(vec!["a/é.jpg".into(), "b.jpg".into(), String::new()])
        .and_then(|file| file.with_class_names(vec!["cat".into(), "dog".into(), "犬".into()]))
        .expect("one path per row, a name per label")
}

fn read(path: &Path) -> Result<EmbeddingsFile, EvalError> {
    EmbeddingsFile::read(path, EmbeddingsFile::DEFAULT_MAX_MEMORY)
}

fn read_npy(embeddings: &Path, labels: &Path) -> Result<EmbeddingsFile, EvalError> {
    EmbeddingsFile::read_npy(embeddings, labels, EmbeddingsFile::DEFAULT_MAX_MEMORY)
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("can write");
        path
    }

    fn read(&self, bytes: &[u8]) -> Result<EmbeddingsFile, EvalError> {
        read(&self.put("file", bytes))
    }
}

fn bundled(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/files")
        .join(name)
}

type Tensor<'a> = (&'a str, Dtype, &'a [usize], &'a [u8]);

/// A file with these tensors.
fn tensors(tensors: &[Tensor<'_>]) -> Vec<u8> {
    let views = tensors.iter().map(|&(name, dtype, shape, bytes)| {
        let view = TensorView::new(dtype, shape.to_vec(), bytes).expect("fills its shape");
        (name, view)
    });
    serialize(views, None).expect("serialises")
}

#[test]
fn what_is_written_is_read_and_the_bytes_repeat() {
    let folder = Folder::new();
    let bare = EmbeddingsFile::new(example().into_embeddings());
    for name in ["some.safetensors", "some.npz"] {
        let path = folder.path(name);
        for file in [example(), bare.clone()] {
            file.write(&path).expect("can write");
            assert_eq!(read(&path), Ok(file.clone()), "{name}");
            let bytes = std::fs::read(&path).expect("can read");
            file.write(&path).expect("can write again");
            assert_eq!(std::fs::read(&path).expect("can read"), bytes);
        }
    }
    let entries = std::fs::read_dir(folder.0.path()).expect("a folder");
    assert_eq!(entries.count(), 2, "no temporary file is left");
    let error = bare.write(&folder.path("some.csv")).expect_err("no format");
    assert!(
        error
            .to_string()
            .ends_with("must end in .safetensors or .npz")
    );
    let error = bare
        .write(&folder.path("none/some.npz"))
        .expect_err("no folder");
    assert!(matches!(error, EvalError::Write { .. }));
}

#[test]
fn a_name_is_checked_before_there_is_anything_to_write() {
    for name in ["a.safetensors", "a/b.npz"] {
        assert_eq!(EmbeddingsFile::check_name(Path::new(name)), Ok(()));
    }
    for name in ["e.txt", "npz", ".npz", "a.npz/b"] {
        let error = EmbeddingsFile::check_name(Path::new(name)).expect_err("no format");
        assert!(matches!(error, EvalError::Write { .. }), "{name}");
        let folder = Folder::new();
        let path = folder.path(name);
        let written = example().write(&path).expect_err("no format").to_string();
        let checked = EmbeddingsFile::check_name(&path).expect_err("no format");
        assert_eq!(written, checked.to_string());
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_an_error_at_once() {
    let folder = Folder::new();
    let pipe = folder.path("pipe.npz");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    for result in [
        read(&pipe),
        read_npy(&pipe, &bundled("labels.npy")),
        read_npy(&bundled("embeddings.npy"), &pipe),
    ] {
        let error = result.expect_err("no file").to_string();
        assert!(
            error.ends_with("it is a named pipe, not a regular file"),
            "{error}"
        );
    }
    let error = read(Path::new("/dev/zero"))
        .expect_err("no file")
        .to_string();
    assert!(error.contains("it is a device"), "{error}");
}

/// Names the folder to write into for the process in which no file may be large.
#[cfg(unix)]
const SMALL_FILES_ONLY: &str = "PETS_EVAL_SMALL_FILES_ONLY";

#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error_and_nothing_else() {
    if let Some(folder) = std::env::var_os(SMALL_FILES_ONLY) {
        let rows = Embeddings::new(vec![0.5; 1 << 18], 1 << 8, vec![0; 1 << 10]);
        let file = EmbeddingsFile::new(rows.expect("valid"));
        for name in ["some.npz", "some.safetensors"] {
            let error = file
                .write(&Path::new(&folder).join(name))
                .expect_err("full");
            assert!(matches!(error, EvalError::Write { .. }), "{error}");
        }
        return;
    }
    let folder = Folder::new();
    let limited = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().expect("a test"))
        .args([
            "--exact",
            "files::a_full_disk_is_an_error_and_nothing_else",
            "--nocapture",
        ])
        .env(SMALL_FILES_ONLY, folder.0.path())
        .output()
        .expect("sh");
    assert!(limited.status.success(), "{limited:?}");
    assert_eq!(String::from_utf8_lossy(&limited.stderr), "");
    let entries = std::fs::read_dir(folder.0.path()).expect("a folder");
    assert_eq!(entries.count(), 0, "nothing is left");
}

#[test]
fn files_of_numpy_are_read() {
    for name in ["stored.npz", "compressed.npz"] {
        let file = read(&bundled(name)).expect("numpy wrote it");
        assert_eq!(
            file.embeddings().as_slice(),
            [0.5, -1.0, 0.25, 3.0, 0.0, 0.125]
        );
        assert_eq!(file.embeddings().labels(), [2, 0, 2]);
        let paths = file.paths().expect("has paths");
        assert_eq!(paths, ["a/é.jpg", "b.jpg", "c.jpg"]);
    }
    let pair = read_npy(&bundled("embeddings.npy"), &bundled("labels.npy"));
    let stored = read(&bundled("stored.npz")).expect("numpy wrote it");
    assert_eq!(
        pair.expect("numpy wrote them").embeddings(),
        stored.embeddings()
    );

    let message = |result: Result<EmbeddingsFile, EvalError>| {
        result.expect_err("must be refused").to_string()
    };
    let alone = message(read(&bundled("embeddings.npy")));
    assert!(alone.contains("a second file with the labels"));
    let columns = message(read_npy(&bundled("columns.npy"), &bundled("labels.npy")));
    assert!(columns.contains("columns.npy") && columns.contains("ascontiguousarray"));
    let swapped = message(read_npy(&bundled("labels.npy"), &bundled("embeddings.npy")));
    assert!(
        swapped.contains("\"embeddings\" must be [n, dim] of f32"),
        "{swapped}"
    );
    assert!(swapped.ends_with("found [3] of u8"), "{swapped}");
}

#[test]
fn every_type_of_values_is_taken() {
    let folder = Folder::new();
    let labels = 7_i64.to_le_bytes();
    let half = half::f16::from_f32(1.5).to_le_bytes();
    let brain = half::bf16::from_f32(1.5).to_le_bytes();
    let double = 1.5_f64.to_le_bytes();
    for (dtype, bytes) in [
        (Dtype::F16, &half[..]),
        (Dtype::BF16, &brain),
        (Dtype::F32, &1.5_f32.to_le_bytes()),
        (Dtype::F64, &double),
    ] {
        let bytes = tensors(&[
            ("embeddings", dtype, &[1, 1], bytes),
            ("labels", Dtype::I64, &[1], &labels),
        ]);
        let file = folder.read(&bytes).expect("valid");
        assert_eq!(file.embeddings().as_slice(), [1.5]);
    }
    for dtype in [
        Dtype::I8,
        Dtype::U8,
        Dtype::I16,
        Dtype::U16,
        Dtype::I32,
        Dtype::U32,
        Dtype::I64,
        Dtype::U64,
    ] {
        let bytes = tensors(&[
            ("embeddings", Dtype::F64, &[1, 1], &double),
            ("labels", dtype, &[1], &labels[..dtype.bitsize() / 8]),
        ]);
        assert_eq!(
            folder.read(&bytes).expect("valid").embeddings().labels(),
            [7]
        );
    }
}

/// Expects an error that names the file and says what is wrong.
fn assert_refused(contents: &[Tensor<'_>], expected: &str) {
    let folder = Folder::new();
    let error = folder.read(&tensors(contents)).expect_err(expected);
    let path = folder.path("file").display().to_string();
    let message = error.to_string();
    assert!(
        message.contains(expected) && message.contains(&path),
        "{message}"
    );
}

#[test]
fn labels_that_cannot_be_taken_are_named() {
    let one = 1.0_f32.to_le_bytes();
    let row = ("embeddings", Dtype::F32, &[1, 1][..], &one[..]);
    let minus_one = (-1_i64).to_le_bytes();
    let two = [3_i64.to_le_bytes(), minus_one].concat();
    assert_refused(&[row], "it has no tensor \"labels\", only [\"embeddings\"]");
    for (dtype, shape, bytes, expected) in [
        (
            Dtype::I64,
            &[1][..],
            &minus_one[..],
            "\"labels\" must be [n] of whole numbers from 0 to 4294967295, but found -1 in row 0",
        ),
        (Dtype::I64, &[2], &two, "-1 in row 1"),
        (Dtype::F32, &[1], &one, "but found [1] of f32"),
        (Dtype::U8, &[1, 1], &[0], "but found [1, 1] of u8"),
        (
            Dtype::BOOL,
            &[1],
            &[0],
            "\"labels\" holds BOOL, which is not taken",
        ),
        (Dtype::U8, &[2], &[0, 1], "1 embeddings but 2 labels"),
    ] {
        assert_refused(&[row, ("labels", dtype, shape, bytes)], expected);
    }
}

#[test]
fn rows_that_cannot_be_judged_are_named() {
    let one = 1.0_f32.to_le_bytes();
    let nan = f32::NAN.to_le_bytes();
    let huge = 1e300_f64.to_le_bytes();
    for (dtype, shape, bytes, expected) in [
        (
            Dtype::F32,
            &[1, 1][..],
            &nan[..],
            "row 0, column 0 holds NaN",
        ),
        (Dtype::F64, &[1, 1], &huge, "row 0, column 0 holds inf"),
        (
            Dtype::F32,
            &[1],
            &one,
            "\"embeddings\" must be [n, dim] of f32, f16, bf16 or f64, but found [1] of f32",
        ),
        (Dtype::I32, &[1, 1], &one, "but found [1, 1] of i32"),
        (Dtype::F32, &[1, 0], &[], "the embedding dimension is 0"),
    ] {
        let label = ("labels", Dtype::U8, &[1][..], &[0][..]);
        assert_refused(&[("embeddings", dtype, shape, bytes), label], expected);
    }
    assert_refused(
        &[
            ("embeddings", Dtype::F32, &[0, 4], &[]),
            ("labels", Dtype::U8, &[0], &[]),
        ],
        "there are no embeddings",
    );
    let folder = Folder::new();
    let error = read(&folder.path("none")).expect_err("no file");
    assert!(matches!(error, EvalError::Read { .. }));
    let error = folder.read(b"").expect_err("no content").to_string();
    assert!(error.ends_with("it is empty"));
}

#[test]
fn paths_and_names_must_fit() {
    let one = 1.0_f32.to_le_bytes();
    for (name, json, expected) in [
        ("paths", "[\"a\"", "\"paths\" is no JSON list of strings"),
        ("paths", "[]", "1 embeddings but 0 paths"),
        (
            "class_names",
            "[\"a\"]",
            "row 0 has label 1, but there are names for the labels below 1 only",
        ),
    ] {
        let contents = [
            ("embeddings", Dtype::F32, &[1, 1][..], &one[..]),
            ("labels", Dtype::U8, &[1], &[1]),
            (name, Dtype::U8, &[json.len()], json.as_bytes()),
        ];
        assert_refused(&contents, expected);
    }
}

#[test]
fn headers_that_lie_are_refused() {
    let folder = Folder::new();
    let refused = |bytes: &[u8]| folder.read(bytes).expect_err("a lie").to_string();
    let with_header =
        |header: &str| [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat();
    assert!(refused(&u64::MAX.to_le_bytes()).contains("ends within its header"));
    let tensor = |index: u64| {
        let size = (1_u64 << 61) - 8;
        format!(
            "\"t{index}\":{{\"dtype\":\"F64\",\"shape\":[{}],\"data_offsets\":[{},{}]}}",
            size / 8,
            index * size,
            (index + 1) * size
        )
    };
    // The ends add up to nearly 2^64, so that adding the header's length to them overflows.
    let all: Vec<String> = (0..8).map(tensor).collect();
    let error = refused(&with_header(&format!("{{{}}}", all.join(","))));
    assert!(
        error.contains("reaches beyond the end of the file"),
        "{error}"
    );

    let npy = |shape: &str, data: &[u8]| {
        let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n");
        let length = (header.len() as u16).to_le_bytes();
        [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
    };
    for (shape, expected) in [
        ("(4294967296, 4294967296)", "is more than any file holds"),
        (
            "(1000000000, 256)",
            "takes 1024000000000 bytes, but there are 4",
        ),
        ("(1, 99999999999999999999)", "is no length"),
        ("7", "no tuple"),
    ] {
        let path = folder.put("rows.npy", &npy(shape, &[0; 4]));
        let error = read_npy(&path, &bundled("labels.npy"))
            .expect_err("a lie")
            .to_string();
        assert!(
            error.contains(expected) && error.contains("rows.npy"),
            "{error}"
        );
    }
}

/// Changes some bytes, cuts the end off, or puts bytes in.
fn damaged(bytes: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = bytes.len();
    let changes = prop::collection::vec((0..length, any::<u8>()), 0..6);
    let cut = prop_oneof![Just(length), 0..length];
    let added = prop::collection::vec(any::<u8>(), 0..12);
    (changes, cut, 0..length, added).prop_map(move |(changes, cut, place, added)| {
        let mut bytes = bytes.clone();
        for (at, value) in changes {
            bytes[at] = value;
        }
        bytes.splice(place..place, added);
        bytes.truncate(cut);
        bytes
    })
}

fn written(name: &str) -> Vec<u8> {
    let folder = Folder::new();
    let path = folder.path(name);
    example().write(&path).expect("can write");
    std::fs::read(path).expect("can read")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn damaged_files_are_errors_or_valid(
        bytes in prop_oneof![
            damaged(written("some.safetensors")),
            damaged(written("some.npz")),
            damaged(std::fs::read(bundled("compressed.npz")).expect("bundled")),
        ],
    ) {
        let folder = Folder::new();
        if let Ok(file) = folder.read(&bytes) {
            prop_assert!(file.embeddings().as_slice().iter().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn damaged_arrays_are_errors_or_valid(
        rows in damaged(std::fs::read(bundled("embeddings.npy")).expect("bundled")),
        labels in damaged(std::fs::read(bundled("labels.npy")).expect("bundled")),
        whole in any::<bool>(),
    ) {
        let folder = Folder::new();
        let rows = folder.put("rows.npy", &rows);
        let labels = if whole { bundled("labels.npy") } else { folder.put("labels.npy", &labels) };
        if let Ok(file) = read_npy(&rows, &labels) {
            prop_assert_eq!(file.embeddings().len(), file.embeddings().labels().len());
        }
    }
}
