//! Downloads that survive what networks do.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use ureq::Agent;
use ureq::http::StatusCode;
use ureq::http::header::{CONTENT_RANGE, RANGE};

use crate::checksum::Checksum;
use crate::error::FetchError;
use crate::folder_lock::FolderLock;

const BUFFER: usize = 1 << 16;
/// How often the observer is asked whether to go on during a pause.
const HEARTBEAT: Duration = Duration::from_millis(100);

/// A file on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its address, `http` or `https`.
    pub url: String,
    /// What its content must hash to.
    pub checksum: Checksum,
}

/// How long to put up with a network that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Attempts in a row that bring no byte before giving up; at least 1.
    pub attempts: usize,
    /// The pause after the first failure; each further one doubles it, up to `longest_pause`.
    pub first_pause: Duration,
    /// The longest pause between attempts.
    pub longest_pause: Duration,
    /// How long a server may say nothing before the connection counts as lost.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            silence: Duration::from_secs(30),
        }
    }
}

/// What happens during a download; the observer answers whether to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DownloadEvent<'a> {
    /// Another program is fetching into the same folder; this one waits for it.
    WaitingForLock,
    /// Bytes of the file that are there, and its size where the server says it.
    Received {
        /// Bytes so far, those of earlier attempts included.
        bytes: u64,
        /// Size of the file.
        total: Option<u64>,
    },
    /// An attempt failed; the next one follows after a pause.
    Retrying {
        /// What went wrong.
        reason: &'a str,
    },
    /// Time passes in a pause.
    Pausing,
}

/// How a file came to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchOutcome {
    /// It was downloaded.
    Downloaded,
    /// It was there already, and is the file that was meant.
    AlreadyThere,
}

/// Fetches files.
#[derive(Debug, Clone)]
pub struct Downloader {
    agent: Agent,
    patience: Patience,
}

impl Default for Downloader {
    fn default() -> Self {
        Self::new(Patience::default())
    }
}

type Observer<'a> = &'a mut dyn FnMut(DownloadEvent<'_>) -> bool;

/// Why an attempt ended before the file was complete.
enum Broken {
    /// Another attempt may do better.
    Passing(String),
    /// Another attempt would fare the same.
    Lasting(FetchError),
}

impl From<FetchError> for Broken {
    fn from(error: FetchError) -> Self {
        Self::Lasting(error)
    }
}

impl Downloader {
    /// A downloader with the given patience.
    pub fn new(patience: Patience) -> Self {
        let agent = Agent::config_builder()
            .user_agent(concat!("pets/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            .timeout_resolve(Some(patience.silence))
            .timeout_connect(Some(patience.silence))
            .timeout_per_read(Some(patience.silence))
            .build()
            .into();
        Self { agent, patience }
    }

    /// Puts `remote` at `path`, creating its folder; a file that is there already and has the checksum is kept.
    ///
    /// An interrupted download leaves `path` with `.part` appended, from which the next call goes on.
    ///
    /// # Errors
    ///
    /// [`FetchError::Refused`] for an answer such as 404, [`FetchError::Unreachable`] when the network or the server
    /// failed too often in a row, [`FetchError::Checksum`] when the server has another file,
    /// [`FetchError::Interrupted`] when the observer answered false, and [`FetchError::Io`].
    pub fn fetch(
        &self,
        remote: &RemoteFile,
        path: &Path,
        observer: Observer<'_>,
    ) -> Result<FetchOutcome, FetchError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(|source| FetchError::io("create", folder, source))?;
        let _lock = FolderLock::acquire(folder, || {
            observer(DownloadEvent::WaitingForLock);
        })?;
        if path.exists() && remote.checksum.verify(path).is_ok() {
            return Ok(FetchOutcome::AlreadyThere);
        }
        let part = part_of(path);
        let resumed = part.exists();
        self.complete(&remote.url, &part, observer)?;
        let mut verdict = remote.checksum.verify(&part);
        if resumed && matches!(verdict, Err(FetchError::Checksum { .. })) {
            // The beginning may have come from another version of the file.
            remove(&part)?;
            self.complete(&remote.url, &part, observer)?;
            verdict = remote.checksum.verify(&part);
        }
        if let Err(error) = verdict {
            // No later attempt must build on it.
            remove(&part)?;
            return Err(error);
        }
        fs::rename(&part, path).map_err(|source| FetchError::io("write", path, source))?;
        Ok(FetchOutcome::Downloaded)
    }

    /// Attempts until `part` holds the whole file.
    fn complete(&self, url: &str, part: &Path, observer: Observer<'_>) -> Result<(), FetchError> {
        let mut failures = 0;
        let mut pauses = self.pauses();
        loop {
            let before = length(part)?;
            let reason = match self.attempt(url, part, observer) {
                Ok(()) => return Ok(()),
                Err(Broken::Lasting(error)) => return Err(error),
                Err(Broken::Passing(reason)) => reason,
            };
            if length(part)? > before {
                failures = 0;
                pauses = self.pauses();
            }
            failures += 1;
            if failures >= self.patience.attempts {
                return Err(FetchError::Unreachable {
                    url: url.to_owned(),
                    attempts: failures,
                    reason,
                });
            }
            go_on(observer(DownloadEvent::Retrying { reason: &reason }))?;
            pause(
                pauses.next().unwrap_or(self.patience.longest_pause),
                observer,
            )?;
        }
    }

    /// One request, from the end of `part` to the end of the file.
    fn attempt(&self, url: &str, part: &Path, observer: Observer<'_>) -> Result<(), Broken> {
        let offset = length(part)?;
        let mut request = self.agent.get(url);
        if offset > 0 {
            request = request.header(RANGE, format!("bytes={offset}-"));
        }
        let response = request
            .call()
            .map_err(|error| Broken::Passing(error.to_string()))?;
        let start = match response.status() {
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT => offset,
            // Nothing follows what is there: it is complete, or not a beginning of the file. The checksum tells.
            StatusCode::RANGE_NOT_SATISFIABLE if offset > 0 => return Ok(()),
            status if may_pass(status) => {
                return Err(Broken::Passing(format!("the server answers {status}")));
            }
            status => {
                return Err(Broken::Lasting(FetchError::Refused {
                    url: url.to_owned(),
                    status: status.as_u16(),
                }));
            }
        };
        let total = if start > 0 {
            let range = response.headers().get(CONTENT_RANGE);
            range.and_then(|range| range.to_str().ok()?.rsplit('/').next()?.parse().ok())
        } else {
            response.body().content_length()
        };
        let file = open_part(part, start)?;
        copy(
            response.into_body().into_reader(),
            file,
            part,
            start,
            total,
            observer,
        )
    }

    fn pauses(&self) -> impl Iterator<Item = Duration> + use<> {
        ExponentialBuilder::default()
            .with_min_delay(self.patience.first_pause)
            .with_max_delay(self.patience.longest_pause)
            .with_max_times(self.patience.attempts)
            .with_jitter()
            .build()
    }
}

/// Appends what `body` brings to the file, and flushes it to the disk when it is complete.
fn copy(
    mut body: impl Read,
    mut file: File,
    part: &Path,
    start: u64,
    total: Option<u64>,
    observer: Observer<'_>,
) -> Result<(), Broken> {
    let failed = |source| FetchError::io("write", part, source);
    let mut bytes = start;
    let mut buffer = vec![0; BUFFER];
    loop {
        go_on(observer(DownloadEvent::Received { bytes, total }))?;
        let count = match body.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Broken::Passing(error.to_string())),
        };
        if count == 0 {
            break;
        }
        file.write_all(&buffer[..count]).map_err(failed)?;
        bytes += count as u64;
    }
    if total.is_some_and(|total| bytes < total) {
        return Err(Broken::Passing(format!(
            "the connection ended after {bytes} bytes"
        )));
    }
    file.sync_all().map_err(failed)?;
    Ok(())
}

/// Opens the unfinished file for writing from `start` on.
fn open_part(part: &Path, start: u64) -> Result<File, FetchError> {
    let failed = |source| FetchError::io("write", part, source);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(part)
        .map_err(failed)?;
    file.set_len(start).map_err(failed)?;
    file.seek(io::SeekFrom::End(0)).map_err(failed)?;
    Ok(file)
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

fn length(part: &Path) -> Result<u64, FetchError> {
    match fs::metadata(part) {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(source) => Err(FetchError::io("read", part, source)),
    }
}

fn remove(part: &Path) -> Result<(), FetchError> {
    fs::remove_file(part).map_err(|source| FetchError::io("remove", part, source))
}

fn may_pass(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::REQUEST_TIMEOUT
        || status == StatusCode::TOO_MANY_REQUESTS
}

fn go_on(wanted: bool) -> Result<(), FetchError> {
    if wanted {
        Ok(())
    } else {
        Err(FetchError::Interrupted)
    }
}

fn pause(duration: Duration, observer: Observer<'_>) -> Result<(), FetchError> {
    let mut left = duration;
    while !left.is_zero() {
        go_on(observer(DownloadEvent::Pausing))?;
        let step = left.min(HEARTBEAT);
        thread::sleep(step);
        left -= step;
    }
    Ok(())
}
