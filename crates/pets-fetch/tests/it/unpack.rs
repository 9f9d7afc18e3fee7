//! Archives, good and bad.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use pets_fetch::{ArchiveLimits, FetchError, FolderLock, lock_folder, unpack_tar_gz};
use proptest::prelude::*;
use tar::{Builder, EntryType, Header};

const LIMITS: ArchiveLimits = ArchiveLimits {
    entries: 10,
    bytes: 10_000,
};

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("target")
    }

    fn unpack(&self, archive: &[u8]) -> Result<(), FetchError> {
        let path = self.folder.path().join("archive.tar.gz");
        fs::write(&path, archive).unwrap();
        unpack_tar_gz(&path, &self.lock(), LIMITS, &mut |_| true)
    }

    fn lock(&self) -> FolderLock {
        lock_folder(&self.target(), &mut |_| true).unwrap()
    }

    /// Everything below the folder but the archive and the lock file, as relative paths.
    fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.folder.path()).unwrap();
                    files.push(name.display().to_string());
                }
            }
        }
        files.retain(|name| !["archive.tar.gz", "target/.lock"].contains(&name.as_str()));
        files.sort();
        files
    }
}

fn header(path: &str, kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_ustar();
    // Set by hand: the library refuses to write the paths that the tests need.
    header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

fn packed(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    let mut archive = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, kind, content) in entries {
        let header = header(path, *kind, content.len() as u64);
        archive.append(&header, *content).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

fn good() -> Vec<u8> {
    packed(&[
        ("images/", EntryType::Directory, b""),
        ("images/a.jpg", EntryType::Regular, b"first"),
        ("./images/deep/b.jpg", EntryType::Regular, b"second"),
        ("list.txt", EntryType::Regular, b"third"),
    ])
}

fn reason(error: &FetchError) -> String {
    assert!(matches!(error, FetchError::Archive { .. }), "{error}");
    error.to_string()
}

#[test]
fn files_and_folders_are_unpacked() {
    let place = Place::new();
    place.unpack(&good()).unwrap();
    assert_eq!(
        place.files(),
        [
            "target/images/a.jpg",
            "target/images/deep/b.jpg",
            "target/list.txt"
        ]
    );
    let content = fs::read(place.target().join("images/deep/b.jpg")).unwrap();
    assert_eq!(content, b"second");
}

#[test]
fn what_is_there_is_not_touched() {
    let place = Place::new();
    fs::create_dir_all(place.target()).unwrap();
    fs::write(place.target().join("list.txt"), "mine").unwrap();
    let error = place.unpack(&good()).unwrap_err();
    assert!(matches!(error, FetchError::Occupied(_)), "{error}");
    assert_eq!(place.files(), ["target/list.txt"]);
}

#[test]
fn nothing_leaves_the_target() {
    for path in ["../outside", "images/../../outside", "/outside"] {
        let place = Place::new();
        let archive = packed(&[(path, EntryType::Regular, b"x")]);
        let said = reason(&place.unpack(&archive).unwrap_err());
        assert!(said.contains("outside"), "{said}");
        assert_eq!(place.files(), [] as [&str; 0]);
        assert!(!Path::new("/outside").exists());
    }
}

#[test]
fn links_and_devices_are_refused() {
    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Fifo,
        EntryType::Char,
        EntryType::Block,
    ] {
        let place = Place::new();
        let archive = packed(&[
            ("images/a.jpg", EntryType::Regular, b"x"),
            ("images/odd", kind, b""),
        ]);
        let said = reason(&place.unpack(&archive).unwrap_err());
        assert!(said.contains("images/odd"), "{said}");
        assert_eq!(place.files(), [] as [&str; 0]);
    }
}

#[test]
fn size_and_number_are_bounded() {
    let big = vec![0; 10_001];
    let too_big = packed(&[("a", EntryType::Regular, &big)]);
    let names: Vec<String> = (0..11).map(|i| i.to_string()).collect();
    let entries: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), EntryType::Regular, &b"x"[..]))
        .collect();
    for archive in [too_big, packed(&entries)] {
        let place = Place::new();
        let said = reason(&place.unpack(&archive).unwrap_err());
        assert!(said.contains("more than"), "{said}");
        assert_eq!(place.files(), [] as [&str; 0]);
    }
}

#[test]
fn a_header_that_promises_more_than_there_is() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed
        .write_all(header("a", EntryType::Regular, 9_000).as_bytes())
        .unwrap();
    packed.write_all(b"short").unwrap();
    let place = Place::new();
    reason(&place.unpack(&packed.finish().unwrap()).unwrap_err());
    assert_eq!(place.files(), [] as [&str; 0]);
}

#[test]
fn not_an_archive() {
    for content in [&b""[..], b"<html>", &good()[..40]] {
        let place = Place::new();
        let outcome = place.unpack(content);
        reason(&outcome.unwrap_err());
        assert_eq!(place.files(), [] as [&str; 0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A damaged archive is an error or unpacks inside the target; it never writes elsewhere.
    #[test]
    fn damage_stays_inside(position in 0_usize..2048, value in any::<u8>()) {
        let mut plain = Vec::new();
        std::io::Read::read_to_end(
            &mut flate2::read::GzDecoder::new(&good()[..]),
            &mut plain,
        )
        .unwrap();
        let position = position % plain.len();
        plain[position] = value;
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&plain).unwrap();

        let place = Place::new();
        let outcome = place.unpack(&packed.finish().unwrap());
        let files = place.files();
        prop_assert!(files.iter().all(|file| file.starts_with("target/")), "{files:?}");
        if outcome.is_err() {
            prop_assert!(files.is_empty(), "{files:?}");
        }
    }
}

#[test]
fn a_large_entry_can_be_interrupted() {
    let place = Place::new();
    let noise: Vec<u8> = (0..1_000_000_u32)
        .flat_map(|i| (i.wrapping_mul(2_654_435_761) ^ (i << 7)).to_le_bytes())
        .collect();
    let path = place.folder.path().join("archive.tar.gz");
    fs::write(&path, packed(&[("a", EntryType::Regular, &noise)])).unwrap();
    let limits = ArchiveLimits {
        entries: 1,
        bytes: 1 << 30,
    };
    let mut asked = 0;
    let outcome = unpack_tar_gz(&path, &place.lock(), limits, &mut |_| {
        asked += 1;
        asked < 5
    });
    assert!(
        matches!(outcome, Err(FetchError::Interrupted)),
        "{outcome:?}"
    );
    assert_eq!(place.files(), [] as [&str; 0]);
}

#[test]
fn a_name_without_an_end_is_not_kept_in_memory() {
    let place = Place::new();
    let path = place.folder.path().join("archive.tar.gz");
    let name = vec![b'a'; 1 << 20];
    let archive = packed(&[
        ("././@LongLink", EntryType::GNULongName, &name),
        ("a", EntryType::Regular, b"x"),
    ]);
    fs::write(&path, archive).unwrap();
    let limits = ArchiveLimits {
        entries: 10,
        bytes: 1 << 30,
    };
    let outcome = unpack_tar_gz(&path, &place.lock(), limits, &mut |_| true);
    let said = reason(&outcome.unwrap_err());
    assert!(said.contains("header of an entry is too large"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_archive() {
    let place = Place::new();
    let pipe = place.folder.path().join("archive.tar.gz");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let error = unpack_tar_gz(&pipe, &place.lock(), LIMITS, &mut |_| true).unwrap_err();
    assert!(matches!(error, FetchError::Io { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_not_replaced() {
    let place = Place::new();
    let lock = place.lock();
    let link = place.target().join("list.txt");
    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    drop(lock);
    let error = place.unpack(&good()).unwrap_err();
    assert!(matches!(error, FetchError::Occupied(_)), "{error}");
    assert!(link.is_symlink());
    assert_eq!(place.files(), ["target/list.txt"]);
}

#[test]
fn a_folder_that_is_moved_away_is_not_unpacked_into() {
    let place = Place::new();
    let lock = place.lock();
    let path = place.folder.path().join("archive.tar.gz");
    fs::write(&path, good()).unwrap();
    let mut moved = false;
    let error = unpack_tar_gz(&path, &lock, LIMITS, &mut |_| {
        if !moved {
            moved = true;
            fs::rename(place.target(), place.folder.path().join("elsewhere")).unwrap();
            fs::create_dir(place.target()).unwrap();
        }
        true
    })
    .unwrap_err();
    assert!(matches!(error, FetchError::Lock(_)), "{error}");
    assert_eq!(fs::read_dir(place.target()).unwrap().count(), 0);
}
