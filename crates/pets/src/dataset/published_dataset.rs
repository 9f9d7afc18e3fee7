//! The Oxford-IIIT Pet dataset as it is published.

use std::fs;
use std::path::Path;

use pets_fetch::{ArchiveLimits, Checksum, FetchError, Patience, RemoteFile};

use super::fetching;
use crate::error::Error;
use crate::observer::{Note, Observer};

/// An archive, the folder that it holds, and the MD5 that torchvision checks.
struct Archive {
    file: &'static str,
    folder: &'static str,
    md5: &'static str,
    /// The most bytes that the archive may have: somewhat more than it has.
    max_bytes: u64,
}

const ARCHIVES: [Archive; 2] = [
    Archive {
        file: "images.tar.gz",
        folder: "images",
        md5: "5c4f3ee8e5d25df40f4fd59a7f44e54c",
        max_bytes: 1 << 30,
    },
    Archive {
        file: "annotations.tar.gz",
        folder: "annotations",
        md5: "95a8c909bbe2e81eed6a22bccdf3f68f",
        max_bytes: 64 << 20,
    },
];

/// Several times what the two archives hold.
const LIMITS: ArchiveLimits = ArchiveLimits {
    entries: 100_000,
    bytes: 4 << 30,
};

/// Fetches and unpacks what is missing of the Oxford-IIIT Pet dataset in `folder`; the archives are removed when they are
/// unpacked.
///
/// # Errors
///
/// [`Error::Fetch`] where an archive cannot be had or is not the published one, [`Error::Interrupted`] where the observer
/// says so.
pub fn fetch_dataset(
    base_url: &str,
    folder: &Path,
    patience: Patience,
    observer: &dyn Observer,
) -> Result<(), Error> {
    fetch_archives(&ARCHIVES, base_url, folder, patience, observer)
}

fn fetch_archives(
    archives: &[Archive],
    base_url: &str,
    folder: &Path,
    patience: Patience,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let lock = fetching::lock(folder, observer)?;
    for archive in archives {
        let unpacked = folder.join(archive.folder);
        if unpacked.exists() {
            observer.noted(&Note::AlreadyThere(&unpacked));
            continue;
        }
        let remote = RemoteFile {
            url: format!("{}/{}", base_url.trim_end_matches('/'), archive.file),
            checksum: Checksum::Md5(archive.md5.to_owned()),
            max_bytes: archive.max_bytes,
        };
        let path = folder.join(archive.file);
        fetching::fetch_into(&lock, &remote, archive.file, patience, observer)?;
        fetching::unpack(&path, &lock, LIMITS, observer)?;
        lock.check().map_err(FetchError::from)?;
        fs::remove_file(&path).map_err(Error::io("remove", &path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;

    use super::*;

    /// `tar czf` of a folder `images` with one file, made with a fixed date; its MD5 is [`MD5`].
    const IMAGES: &[u8] = include_bytes!("../../tests/data/images.tar.gz");
    const MD5: &str = "d3ce84241e32fac63afdb7482fa38561";

    /// Serves [`IMAGES`] as `/pets/images.tar.gz`, and 404 for anything else.
    fn serve() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/pets/", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request: Vec<String> = BufReader::new(&stream)
                    .lines()
                    .map_while(Result::ok)
                    .take_while(|line| !line.is_empty())
                    .collect();
                let (status, body) = if request[0].starts_with("GET /pets/images.tar.gz ") {
                    ("200 OK", IMAGES)
                } else {
                    ("404 Not Found", &b""[..])
                };
                let length = body.len();
                write!(
                    stream,
                    "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n"
                )
                .ok();
                stream.write_all(body).ok();
            }
        });
        url
    }

    fn archive(file: &'static str, md5: &'static str) -> Archive {
        Archive {
            file,
            folder: "images",
            md5,
            max_bytes: 1 << 20,
        }
    }

    fn entries(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
        let mut names: Vec<_> = entries
            .map(|entry| entry.file_name().into_string().unwrap())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn an_archive_is_fetched_unpacked_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let archives = [archive("images.tar.gz", MD5)];
        fetch_archives(&archives, &serve(), folder.path(), Patience::default(), &()).unwrap();
        assert_eq!(entries(folder.path()), ["images"]);
        let content = fs::read(folder.path().join("images/note.txt")).unwrap();
        assert_eq!(content, b"pets\n");

        let nobody = "http://127.0.0.1:1";
        fetch_archives(&archives, nobody, folder.path(), Patience::default(), &()).unwrap();
    }

    #[test]
    fn a_wrong_archive_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let error = fetch_archives(
            &[archive("images.tar.gz", ARCHIVES[0].md5)],
            &serve(),
            folder.path(),
            Patience::default(),
            &(),
        )
        .unwrap_err();
        assert!(error.to_string().contains(MD5), "{error}");
        assert_eq!(entries(folder.path()), [] as [&str; 0]);
    }

    #[test]
    fn a_missing_archive_names_its_address() {
        let folder = tempfile::tempdir().unwrap();
        let error = fetch_archives(
            &[archive("other.tar.gz", MD5)],
            &serve(),
            folder.path(),
            Patience::default(),
            &(),
        )
        .unwrap_err()
        .to_string();
        assert!(error.contains("/pets/other.tar.gz answers 404"), "{error}");
    }
}
