//! Downloads that survive what networks do.

use std::ffi::OsStr;
use std::io::{Error, ErrorKind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use pets_files::FolderLock;
use ureq::Agent;
use ureq::http::StatusCode;

use crate::address;
use crate::checksum::Checksum;
use crate::connection::{Broken, Connection, HEARTBEAT};
use crate::download_event::{DownloadEvent, Observer};
use crate::error::FetchError;
use crate::folder::{folder_of, lock_folder};
use crate::pace::Pace;
use crate::part_file::PartFile;
use crate::patience::Patience;

/// A file on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its address, `http` or `https`.
    pub url: String,
    /// What its content must hash to.
    pub checksum: Checksum,
    /// The most bytes that it may have; a server that sends more sends another file.
    pub max_bytes: u64,
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

impl Downloader {
    /// A downloader with the given patience.
    pub fn new(patience: Patience) -> Self {
        let silence = Some(patience.silence);
        let agent = Agent::config_builder()
            .user_agent(concat!("pets/", env!("CARGO_PKG_VERSION")))
            .http_status_as_error(false)
            .timeout_resolve(silence)
            .timeout_connect(silence)
            .timeout_send_request(silence)
            .timeout_recv_response(silence)
            .timeout_per_read(silence)
            .build()
            .into();
        Self { agent, patience }
    }

    /// Puts `remote` at `path`, creating its folder; a file that is there already and has the checksum is kept.
    ///
    /// An interrupted download leaves `path` with `.part` appended, from which the next call goes on. The folder is locked
    /// meanwhile, as by [`lock_folder`].
    ///
    /// # Errors
    ///
    /// [`FetchError::Unfetchable`] for an address that is none, [`FetchError::Refused`] for an answer such as 404,
    /// [`FetchError::Unreachable`] when the network or the server failed too often in a row, [`FetchError::Deadline`] when
    /// it took too long, [`FetchError::TooLarge`] and [`FetchError::Checksum`] when the server has another file,
    /// [`FetchError::ForeignPart`] for what is no unfinished download, [`FetchError::Interrupted`] when the observer
    /// answered false, [`FetchError::Lock`], and [`FetchError::Io`].
    pub fn fetch(
        &self,
        remote: &RemoteFile,
        path: &Path,
        observer: Observer<'_>,
    ) -> Result<FetchOutcome, FetchError> {
        let name = path.file_name().ok_or_else(|| {
            let reason = Error::new(ErrorKind::InvalidInput, "the path names no file");
            FetchError::io("write", path, reason)
        })?;
        let folder = lock_folder(folder_of(path), observer)?;
        self.fetch_into(remote, &folder, name, observer)
    }

    /// As [`fetch`](Self::fetch), to the file `name` in a folder that is locked already.
    ///
    /// # Errors
    ///
    /// Those of [`fetch`](Self::fetch).
    pub fn fetch_into(
        &self,
        remote: &RemoteFile,
        folder: &FolderLock,
        name: impl AsRef<OsStr>,
        observer: Observer<'_>,
    ) -> Result<FetchOutcome, FetchError> {
        let path = folder.folder().join(name.as_ref());
        match verify(&remote.checksum, &path, observer) {
            Ok(()) => return Ok(FetchOutcome::AlreadyThere),
            Err(FetchError::Interrupted) => return Err(FetchError::Interrupted),
            // Missing, damaged, or no file at all: it is fetched.
            Err(_) => {}
        }
        address::check(&remote.url)?;
        folder.check()?;
        let mut part = PartFile::of(&path)?;
        let outcome = self.download(remote, folder, &mut part, observer);
        folder.check()?;
        match outcome {
            Ok(()) => part.rename(&path).map(|()| FetchOutcome::Downloaded),
            Err(error) => part.remove_if_empty().and(Err(error)),
        }
    }

    /// Downloads into `part` until it is the file that is meant; what cannot become that file is emptied.
    fn download(
        &self,
        remote: &RemoteFile,
        folder: &FolderLock,
        part: &mut PartFile,
        observer: Observer<'_>,
    ) -> Result<(), FetchError> {
        if part.len()? > remote.max_bytes {
            part.truncate(0)?;
        }
        let resumed = part.len()? > 0;
        let mut download = Download {
            downloader: self,
            remote,
            folder,
            began: Instant::now(),
            observer,
        };
        let mut outcome = download.complete(part);
        if resumed && matches!(outcome, Err(FetchError::Checksum { .. })) {
            // The beginning may have come from another version of the file.
            part.truncate(0)?;
            outcome = download.complete(part);
        }
        if let Err(FetchError::Checksum { .. } | FetchError::TooLarge { .. }) = outcome {
            // No later attempt must build on it.
            part.truncate(0)?;
        }
        outcome
    }
}

/// One file on its way.
struct Download<'a> {
    downloader: &'a Downloader,
    remote: &'a RemoteFile,
    folder: &'a FolderLock,
    began: Instant,
    observer: Observer<'a>,
}

impl Download<'_> {
    /// Attempts until `part` holds a whole file, and checks it.
    fn complete(&mut self, part: &mut PartFile) -> Result<(), FetchError> {
        let patience = self.downloader.patience;
        let mut failures = 0;
        let mut pauses = patience.pauses();
        loop {
            let before = part.len()?;
            let reason = match self.attempt(part) {
                Ok(()) => break,
                Err(Broken::Lasting(error)) => return Err(error),
                Err(Broken::Passing(reason)) => reason,
            };
            let gained = part.len()?.saturating_sub(before);
            if gained >= patience.least_bytes().max(1) {
                failures = 0;
                pauses = patience.pauses();
            }
            failures += 1;
            if failures >= patience.attempts {
                return Err(FetchError::Unreachable {
                    url: self.remote.url.clone(),
                    attempts: failures,
                    reason,
                });
            }
            self.tell(DownloadEvent::Retrying { reason: &reason })?;
            self.pause(pauses.next().unwrap_or(patience.longest_pause))?;
        }
        part.verify(&self.remote.checksum, &mut || {
            (self.observer)(DownloadEvent::Waiting)
        })
    }

    /// One request, from the end of `part` to the end of the file.
    fn attempt(&mut self, part: &mut PartFile) -> Result<(), Broken> {
        self.folder.check().map_err(FetchError::from)?;
        let url = &self.remote.url;
        let offset = part.len()?;
        let connection = Connection::open(self.downloader.agent.clone(), url.clone(), offset)
            .map_err(|error| Broken::Passing(error.to_string()))?;
        let head = connection.head(&mut || Ok(self.tell(DownloadEvent::Waiting)?))?;
        let start = match head.status() {
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT => offset,
            // Nothing follows what is there: it is complete, or not a beginning of the file. The checksum tells.
            StatusCode::RANGE_NOT_SATISFIABLE if offset > 0 => return Ok(()),
            status if may_pass(status) => {
                return Err(Broken::Passing(format!("the server answers {status}")));
            }
            status => {
                return Err(Broken::Lasting(FetchError::Refused {
                    url: url.clone(),
                    status: status.as_u16(),
                }));
            }
        };
        self.receive(&connection, start, head.total(), part)
    }

    /// Puts what arrives into the file behind its first `start` bytes, and flushes it to the disk when it is complete.
    fn receive(
        &mut self,
        connection: &Connection,
        start: u64,
        total: Option<u64>,
        part: &mut PartFile,
    ) -> Result<(), Broken> {
        self.check_size(total.unwrap_or(start))?;
        part.truncate(start)?;
        let mut pace = Pace::new(self.downloader.patience);
        let mut bytes = start;
        loop {
            self.tell(DownloadEvent::Received { bytes, total })?;
            pace.check()?;
            let block = connection.block(&mut || {
                pace.check()?;
                Ok(self.tell(DownloadEvent::Waiting)?)
            })?;
            if block.is_empty() {
                break;
            }
            bytes += block.len() as u64;
            self.check_size(bytes)?;
            pace.received(block.len());
            part.append(&block)?;
        }
        if total.is_some_and(|total| bytes < total) {
            return Err(Broken::Passing(format!(
                "the connection ended after {bytes} bytes"
            )));
        }
        Ok(part.sync()?)
    }

    fn check_size(&self, bytes: u64) -> Result<(), FetchError> {
        let max_bytes = self.remote.max_bytes;
        if bytes <= max_bytes {
            return Ok(());
        }
        Err(FetchError::TooLarge {
            url: self.remote.url.clone(),
            bytes,
            max_bytes,
        })
    }

    fn pause(&mut self, duration: Duration) -> Result<(), FetchError> {
        let mut left = duration;
        while !left.is_zero() {
            self.tell(DownloadEvent::Waiting)?;
            let step = left.min(HEARTBEAT);
            thread::sleep(step);
            left -= step;
        }
        Ok(())
    }

    /// Tells the observer, and ends the download when that or the clock says so.
    fn tell(&mut self, event: DownloadEvent<'_>) -> Result<(), FetchError> {
        if !(self.observer)(event) {
            return Err(FetchError::Interrupted);
        }
        let deadline = self.downloader.patience.deadline;
        if self.began.elapsed() < deadline {
            return Ok(());
        }
        Err(FetchError::Deadline {
            url: self.remote.url.clone(),
            deadline,
        })
    }
}

fn verify(checksum: &Checksum, path: &Path, observer: Observer<'_>) -> Result<(), FetchError> {
    checksum.verify(path, &mut || observer(DownloadEvent::Waiting))
}

fn may_pass(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::REQUEST_TIMEOUT
        || status == StatusCode::TOO_MANY_REQUESTS
}
