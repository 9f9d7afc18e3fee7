//! Downloads from a server that behaves badly.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::server::{Behaviour, Server};
use pets_fetch::{
    Checksum, DownloadEvent, Downloader, FetchError, FetchOutcome, Patience, RemoteFile,
};

const SIZE: usize = 300_000;
/// SHA-256 of [`content`], from `sha256sum`.
const DIGEST: &str = "fa7deae4b0504401a056ca3b1e6007902a7e681efda07fd7ca8819760caeff95";

fn content() -> Vec<u8> {
    (0..SIZE).map(|i| (i * i % 251) as u8).collect()
}

struct Job {
    folder: tempfile::TempDir,
    server: Server,
}

impl Job {
    fn new(behaviours: &[Behaviour]) -> Self {
        Self::serving(content(), behaviours)
    }

    fn serving(content: Vec<u8>, behaviours: &[Behaviour]) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            server: Server::start(content, behaviours),
        }
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("cache/file.bin")
    }

    fn part(&self) -> PathBuf {
        self.folder.path().join("cache/file.bin.part")
    }

    fn leave_part(&self, content: &[u8]) {
        fs::create_dir_all(self.part().parent().unwrap()).unwrap();
        fs::write(self.part(), content).unwrap();
    }

    fn fetch(&self) -> Result<FetchOutcome, FetchError> {
        self.fetch_watched(&mut |_| true)
    }

    fn fetch_watched(
        &self,
        observer: &mut dyn FnMut(DownloadEvent<'_>) -> bool,
    ) -> Result<FetchOutcome, FetchError> {
        let patience = Patience {
            attempts: 3,
            first_pause: Duration::from_millis(1),
            longest_pause: Duration::from_millis(5),
            silence: Duration::from_millis(500),
        };
        Downloader::new(patience).fetch(&self.remote(), &self.target(), observer)
    }

    fn remote(&self) -> RemoteFile {
        RemoteFile {
            url: self.server.url.clone(),
            checksum: Checksum::Sha256Prefix(DIGEST[..8].to_owned()),
        }
    }

    fn assert_complete(&self) {
        assert!(fs::read(self.target()).unwrap() == content());
        assert!(!self.part().exists());
    }

    fn assert_nothing_left(&self) {
        assert!(!self.target().exists());
        assert!(!self.part().exists());
    }
}

#[test]
fn a_file_is_fetched_once() {
    let job = Job::new(&[Behaviour::Serve]);
    let mut last = None;
    let outcome = job.fetch_watched(&mut |event| {
        if let DownloadEvent::Received { bytes, total } = event {
            last = Some((bytes, total));
        }
        true
    });
    assert_eq!(outcome.unwrap(), FetchOutcome::Downloaded);
    assert_eq!(last, Some((SIZE as u64, Some(SIZE as u64))));
    job.assert_complete();

    assert_eq!(job.fetch().unwrap(), FetchOutcome::AlreadyThere);
    assert_eq!(job.server.requests(), [None]);
}

#[test]
fn a_damaged_file_is_fetched_anew() {
    let job = Job::new(&[Behaviour::Serve]);
    job.fetch().unwrap();
    fs::write(job.target(), "damaged").unwrap();
    assert_eq!(job.fetch().unwrap(), FetchOutcome::Downloaded);
    job.assert_complete();
}

#[test]
fn a_truncated_download_goes_on_where_it_broke_off() {
    let job = Job::new(&[Behaviour::Truncate(100_000), Behaviour::Serve]);
    job.fetch().unwrap();
    job.assert_complete();
    assert_eq!(job.server.requests(), [None, Some(100_000)]);
}

#[test]
fn a_silent_server_is_asked_again() {
    let job = Job::new(&[Behaviour::Stall(100_000), Behaviour::Serve]);
    job.fetch().unwrap();
    job.assert_complete();
    assert_eq!(job.server.requests(), [None, Some(100_000)]);
}

#[test]
fn progress_renews_the_patience() {
    // Six broken connections in a row, with a patience of three that bring nothing.
    let job = Job::new(&[Behaviour::Truncate(50_001); 6]);
    job.fetch().unwrap();
    job.assert_complete();
}

#[test]
fn a_server_without_ranges_starts_over() {
    let job = Job::new(&[Behaviour::Truncate(100_000), Behaviour::IgnoreRange]);
    job.fetch().unwrap();
    job.assert_complete();
}

#[test]
fn a_server_in_trouble_is_asked_again_and_then_given_up() {
    let job = Job::new(&[
        Behaviour::Status(500),
        Behaviour::Status(503),
        Behaviour::Serve,
    ]);
    let mut reasons = Vec::new();
    job.fetch_watched(&mut |event| {
        if let DownloadEvent::Retrying { reason } = event {
            reasons.push(reason.to_owned());
        }
        true
    })
    .unwrap();
    assert_eq!(reasons.len(), 2);
    assert!(reasons[0].contains("500"), "{reasons:?}");
    job.assert_complete();

    let job = Job::new(&[Behaviour::Status(500)]);
    let error = job.fetch().unwrap_err();
    assert!(
        matches!(error, FetchError::Unreachable { attempts: 3, .. }),
        "{error}"
    );
    assert_eq!(job.server.requests().len(), 3);
}

#[test]
fn a_missing_file_is_not_asked_for_again() {
    let job = Job::new(&[Behaviour::Status(404)]);
    let error = job.fetch().unwrap_err();
    assert!(
        matches!(error, FetchError::Refused { status: 404, .. }),
        "{error}"
    );
    assert_eq!(job.server.requests().len(), 1);
    job.assert_nothing_left();
}

#[test]
fn a_wrong_file_is_refused_and_removed() {
    let job = Job::serving(vec![7; SIZE], &[Behaviour::Serve]);
    let error = job.fetch().unwrap_err();
    assert!(matches!(error, FetchError::Checksum { .. }), "{error}");
    job.assert_nothing_left();
}

#[test]
fn the_rest_of_another_version_is_thrown_away() {
    for leftover in [vec![7; 1000], vec![7; SIZE], vec![7; SIZE + 1]] {
        let job = Job::new(&[Behaviour::Serve]);
        job.leave_part(&leftover);
        job.fetch().unwrap();
        job.assert_complete();
    }
}

#[test]
fn a_complete_part_needs_no_more_bytes() {
    let job = Job::new(&[Behaviour::Serve]);
    job.leave_part(&content());
    job.fetch().unwrap();
    job.assert_complete();
    assert_eq!(job.server.requests(), [Some(SIZE)]);
}

#[test]
fn nobody_at_the_address() {
    let job = Job::new(&[Behaviour::Serve]);
    let remote = RemoteFile {
        url: "http://127.0.0.1:1/file.bin".to_owned(),
        ..job.remote()
    };
    let patience = Patience {
        attempts: 2,
        first_pause: Duration::from_millis(1),
        ..Patience::default()
    };
    let error = Downloader::new(patience)
        .fetch(&remote, &job.target(), &mut |_| true)
        .unwrap_err();
    assert!(
        matches!(error, FetchError::Unreachable { attempts: 2, .. }),
        "{error}"
    );
}

#[test]
fn an_interrupted_download_can_go_on_later() {
    let job = Job::new(&[Behaviour::Serve]);
    let error = job
        .fetch_watched(
            &mut |event| !matches!(event, DownloadEvent::Received { bytes, .. } if bytes > 100_000),
        )
        .unwrap_err();
    assert!(matches!(error, FetchError::Interrupted), "{error}");
    let there = fs::metadata(job.part()).unwrap().len() as usize;
    assert!((100_000..SIZE).contains(&there));
    job.fetch().unwrap();
    job.assert_complete();
    assert_eq!(job.server.requests(), [None, Some(there)]);
}

#[test]
fn two_programs_fetch_the_file_once() {
    let job = Job::new(&[Behaviour::Serve]);
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let (remote, target) = (job.remote(), job.target());
        let fetch = move |remote: &RemoteFile, target: &Path| {
            Downloader::default().fetch(remote, target, &mut |_| true)
        };
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (remote, target) = (remote.clone(), target.clone());
                scope.spawn(move || fetch(&remote, &target))
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap().unwrap())
            .collect()
    });
    let downloads = outcomes
        .iter()
        .filter(|outcome| **outcome == FetchOutcome::Downloaded);
    assert_eq!(downloads.count(), 1);
    assert_eq!(job.server.requests().len(), 1);
    job.assert_complete();
}
