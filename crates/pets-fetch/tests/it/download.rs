//! Downloads from a server that behaves badly.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::server::{Behaviour, Server};
use pets_fetch::{
    Checksum, DownloadEvent, Downloader, FetchError, FetchOutcome, LockError, Patience, RemoteFile,
    lock_folder,
};

const SIZE: usize = 300_000;
/// SHA-256 of [`content`], from `sha256sum`.
const DIGEST: &str = "fa7deae4b0504401a056ca3b1e6007902a7e681efda07fd7ca8819760caeff95";

fn content() -> Vec<u8> {
    (0..SIZE).map(|i| (i * i % 251) as u8).collect()
}

/// A patience that a test can wait for.
fn short() -> Patience {
    Patience {
        attempts: 3,
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(5),
        silence: Duration::from_millis(500),
        ..Patience::default()
    }
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
        Downloader::new(short()).fetch(&self.remote(), &self.target(), observer)
    }

    fn fetch_with(&self, patience: Patience) -> Result<FetchOutcome, FetchError> {
        Downloader::new(patience).fetch(&self.remote(), &self.target(), &mut |_| true)
    }

    fn remote(&self) -> RemoteFile {
        RemoteFile {
            url: self.server.url.clone(),
            checksum: Checksum::Sha256Prefix(DIGEST[..8].to_owned()),
            max_bytes: SIZE as u64,
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

#[test]
fn addresses_that_nothing_is_fetched_from() {
    for url in ["", "pets", "http://", "ftp://127.0.0.1/file.bin"] {
        let job = Job::new(&[Behaviour::Serve]);
        let remote = RemoteFile {
            url: url.to_owned(),
            ..job.remote()
        };
        let mut retried = false;
        let error = Downloader::default()
            .fetch(&remote, &job.target(), &mut |event| {
                retried |= matches!(event, DownloadEvent::Retrying { .. });
                true
            })
            .unwrap_err()
            .to_string();
        assert!(!retried, "{error}");
        assert!(error.contains("http:// and https://"), "{error}");
        job.assert_nothing_left();
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_unfinished_file_is_not_followed() {
    let job = Job::new(&[Behaviour::Serve]);
    let precious = job.folder.path().join("precious");
    fs::write(&precious, "kept").unwrap();
    fs::create_dir_all(job.part().parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(&precious, job.part()).unwrap();
    let error = job.fetch().unwrap_err().to_string();
    assert!(error.contains("file.bin.part"), "{error}");
    assert_eq!(fs::read_to_string(&precious).unwrap(), "kept");

    fs::remove_file(job.part()).unwrap();
    fs::hard_link(&precious, job.part()).unwrap();
    let error = job.fetch().unwrap_err().to_string();
    assert!(error.contains("file.bin.part"), "{error}");
    assert_eq!(fs::read_to_string(&precious).unwrap(), "kept");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_holds_nothing_up() {
    let job = Job::new(&[Behaviour::Serve]);
    fs::create_dir_all(job.part().parent().unwrap()).unwrap();
    mkfifo(&job.part());
    mkfifo(&job.target());
    let error = job.fetch().unwrap_err();
    assert!(matches!(error, FetchError::ForeignPart { .. }), "{error}");
    assert!(error.to_string().contains("file.bin.part"), "{error}");

    fs::remove_file(job.part()).unwrap();
    job.fetch().unwrap();
    job.assert_complete();
}

#[cfg(unix)]
fn mkfifo(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_file_is_replaced() {
    let job = Job::new(&[Behaviour::Serve]);
    let precious = job.folder.path().join("precious");
    fs::write(&precious, "kept").unwrap();
    fs::create_dir_all(job.target().parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(&precious, job.target()).unwrap();
    job.fetch().unwrap();
    job.assert_complete();
    assert!(!job.target().is_symlink());
    assert_eq!(fs::read_to_string(&precious).unwrap(), "kept");
}

#[test]
fn redirects_lead_to_http_alone() {
    for location in ["ftp://HOST/file.bin", "socks5://HOST/file.bin"] {
        let job = Job::new(&[Behaviour::Redirect(location), Behaviour::Serve]);
        let mut retried = false;
        let error = job
            .fetch_watched(&mut |event| {
                retried |= matches!(event, DownloadEvent::Retrying { .. });
                true
            })
            .unwrap_err();
        assert!(
            !retried && matches!(error, FetchError::Unfetchable { .. }),
            "{error}"
        );
        assert!(
            error.to_string().contains("http:// and https://"),
            "{error}"
        );
        job.assert_nothing_left();
    }
    let job = Job::new(&[
        Behaviour::Redirect("http://HOST/file.bin"),
        Behaviour::Serve,
    ]);
    job.fetch().unwrap();
    job.assert_complete();
}

#[test]
fn a_server_without_tls_is_not_asked_again() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let job = Job::new(&[Behaviour::Serve]);
    let remote = RemoteFile {
        url: format!("https://{}/file.bin", listener.local_addr().unwrap()),
        ..job.remote()
    };
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
        stream
    });
    let error = Downloader::new(short())
        .fetch(&remote, &job.target(), &mut |_| true)
        .unwrap_err();
    assert!(matches!(error, FetchError::Unfetchable { .. }), "{error}");
    drop(server.join().unwrap());
}

#[test]
fn a_file_without_an_end_is_cut_off() {
    let job = Job::new(&[Behaviour::Endless]);
    let mut most = 0;
    let error = job
        .fetch_watched(&mut |_| {
            most = most.max(fs::metadata(job.part()).map_or(0, |part| part.len()));
            true
        })
        .unwrap_err();
    let FetchError::TooLarge {
        bytes, max_bytes, ..
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!(max_bytes, SIZE as u64);
    assert!(bytes > max_bytes && most <= max_bytes, "{bytes} {most}");
    let said = error.to_string();
    assert!(said.contains(&bytes.to_string()), "{said}");
    assert!(said.contains(&max_bytes.to_string()), "{said}");
    job.assert_nothing_left();
}

#[test]
fn a_file_that_is_said_to_be_too_large_is_not_begun() {
    let job = Job::serving(vec![7; SIZE + 1], &[Behaviour::Serve]);
    let mut received = false;
    let error = job
        .fetch_watched(&mut |event| {
            received |= matches!(event, DownloadEvent::Received { .. });
            true
        })
        .unwrap_err();
    assert!(
        matches!(error, FetchError::TooLarge { bytes, .. } if bytes == SIZE as u64 + 1),
        "{error}"
    );
    assert!(!received);
    assert_eq!(job.server.requests().len(), 1);
    job.assert_nothing_left();
}

#[test]
fn a_byte_now_and_then_is_not_progress() {
    let job = Job::new(&[Behaviour::Drip]);
    let error = job
        .fetch_with(Patience {
            least_rate: 10_000,
            rate_window: Duration::from_millis(200),
            ..short()
        })
        .unwrap_err();
    let FetchError::Unreachable {
        attempts, reason, ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!(*attempts, 3);
    assert!(
        reason.contains("least rate of 10000 bytes per second"),
        "{error}"
    );
    let ranges = job.server.requests();
    assert_eq!(ranges.len(), 3);
    assert!(ranges[0] < ranges[1] && ranges[1] < ranges[2], "{ranges:?}");
}

#[test]
fn the_deadline_holds_for_all_attempts_together() {
    for behaviour in [
        Behaviour::Drip,
        Behaviour::Mute,
        Behaviour::Status(503),
        Behaviour::Truncate(1),
    ] {
        let job = Job::new(&[behaviour]);
        let error = job
            .fetch_with(Patience {
                attempts: usize::MAX,
                silence: Duration::from_secs(15),
                deadline: Duration::from_millis(300),
                ..short()
            })
            .unwrap_err();
        assert!(matches!(error, FetchError::Deadline { .. }), "{error}");
        assert!(error.to_string().contains("deadline, 0.3 s"), "{error}");
    }
}

#[test]
fn whoever_waits_can_stop() {
    for behaviour in [Behaviour::Stall(1000), Behaviour::Mute, Behaviour::Drip] {
        let job = Job::new(&[behaviour]);
        let began = Instant::now();
        let error = Downloader::default()
            .fetch(&job.remote(), &job.target(), &mut |_| {
                began.elapsed() < Duration::from_millis(300)
            })
            .unwrap_err();
        assert!(matches!(error, FetchError::Interrupted), "{error}");
        // Only a hang takes so long.
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn a_folder_that_is_in_use_is_waited_for() {
    let job = Job::new(&[Behaviour::Serve]);
    let folder = job.target().parent().unwrap().to_owned();
    let mut lock = Some(lock_folder(&folder, &mut |_| true).unwrap());
    let error = job
        .fetch_watched(&mut |event| event == DownloadEvent::WaitingForLock)
        .unwrap_err();
    assert!(matches!(error, FetchError::Interrupted), "{error}");

    let held = lock.as_ref().unwrap();
    let outcome = Downloader::default().fetch_into(&job.remote(), held, "file.bin", &mut |_| true);
    assert_eq!(outcome.unwrap(), FetchOutcome::Downloaded);
    let mut told = Vec::new();
    let outcome = job.fetch_watched(&mut |event| {
        told.push(event == DownloadEvent::WaitingForLock);
        if told.len() == 3 {
            lock.take();
        }
        true
    });
    assert_eq!(outcome.unwrap(), FetchOutcome::AlreadyThere);
    assert_eq!(told[..3], [true, false, false]);
}

#[test]
fn a_folder_that_is_moved_away_is_not_written_into() {
    let job = Job::new(&[Behaviour::Serve]);
    let folder = job.target().parent().unwrap().to_owned();
    let elsewhere = job.folder.path().join("elsewhere");
    let mut moved = false;
    let error = job
        .fetch_watched(&mut |event| {
            if matches!(event, DownloadEvent::Received { .. }) && !moved {
                moved = true;
                fs::rename(&folder, &elsewhere).unwrap();
                fs::create_dir(&folder).unwrap();
                fs::write(job.part(), "another's").unwrap();
            }
            true
        })
        .unwrap_err();
    assert!(
        matches!(error, FetchError::Lock(LockError::Replaced { .. })),
        "{error}"
    );
    assert_eq!(fs::read_to_string(job.part()).unwrap(), "another's");
    assert!(!job.target().exists());
}
