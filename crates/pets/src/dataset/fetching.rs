//! Files from the network, told to an observer.

use std::path::Path;

use pets_fetch::{
    ArchiveLimits, DownloadEvent, Downloader, FetchError, FolderLock, Patience, RemoteFile,
    lock_folder, unpack_tar_gz,
};

use crate::observer::{Note, Observer, Work};

const MEGABYTE: u64 = 1_000_000;

/// Fetches a file, unless it is there already.
pub(crate) fn fetch(
    remote: &RemoteFile,
    path: &Path,
    patience: Patience,
    observer: &dyn Observer,
) -> Result<(), FetchError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut download = ObservedDownload::new(&name, observer);
    Downloader::new(patience).fetch(remote, path, &mut |event| download.hear(&event))?;
    download.ended();
    Ok(())
}

/// As [`fetch`], into a folder that is locked.
pub(super) fn fetch_into(
    folder: &FolderLock,
    remote: &RemoteFile,
    name: &str,
    patience: Patience,
    observer: &dyn Observer,
) -> Result<(), FetchError> {
    let mut download = ObservedDownload::new(name, observer);
    Downloader::new(patience)
        .fetch_into(remote, folder, name, &mut |event| download.hear(&event))?;
    download.ended();
    Ok(())
}

/// Locks a folder that files are fetched into, waiting for another process where need be.
pub(super) fn lock(folder: &Path, observer: &dyn Observer) -> Result<FolderLock, FetchError> {
    let name = folder.display().to_string();
    lock_folder(folder, &mut |event| {
        ObservedDownload::new(&name, observer).hear(&event)
    })
}

/// Unpacks an archive into a folder.
pub(super) fn unpack(
    archive: &Path,
    folder: &FolderLock,
    limits: ArchiveLimits,
    observer: &dyn Observer,
) -> Result<(), FetchError> {
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    let size = std::fs::metadata(archive).map_or(0, |metadata| metadata.len());
    let work = Work::new(
        format!("unpacking {name}"),
        (size / MEGABYTE) as usize,
        "MB",
    );
    observer.begun(&work);
    unpack_tar_gz(archive, folder, limits, &mut |read| {
        observer.advanced(&work, (read / MEGABYTE) as usize);
        !observer.cancelled()
    })?;
    observer.ended(&work);
    Ok(())
}

/// A download, as an observer is told of it.
struct ObservedDownload<'a> {
    name: &'a str,
    observer: &'a dyn Observer,
    /// None before the first byte.
    work: Option<Work>,
}

impl<'a> ObservedDownload<'a> {
    fn new(name: &'a str, observer: &'a dyn Observer) -> Self {
        Self {
            name,
            observer,
            work: None,
        }
    }

    /// Tells what happens; whether to go on.
    fn hear(&mut self, event: &DownloadEvent<'_>) -> bool {
        let Self { name, observer, .. } = *self;
        match *event {
            DownloadEvent::Received { bytes, total } => {
                let work = self.work.get_or_insert_with(|| {
                    let total = total.unwrap_or_default() / MEGABYTE;
                    let work = Work::new(format!("fetching {name}"), total as usize, "MB");
                    observer.begun(&work);
                    work
                });
                observer.advanced(work, (bytes / MEGABYTE) as usize);
            }
            DownloadEvent::Retrying { reason } => {
                observer.noted(&Note::Retrying { file: name, reason });
            }
            DownloadEvent::WaitingForLock => observer.noted(&Note::WaitingForLock { file: name }),
            DownloadEvent::Waiting => {}
        }
        !observer.cancelled()
    }

    fn ended(self) {
        if let Some(work) = &self.work {
            self.observer.ended(work);
        }
    }
}
