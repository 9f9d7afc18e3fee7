//! Files from the network, told to an observer.

use std::path::Path;

use pets_fetch::{ArchiveLimits, DownloadEvent, Downloader, FetchError, RemoteFile, unpack_tar_gz};

use crate::observer::{Note, Observer, Work};

const MEGABYTE: u64 = 1_000_000;

/// Fetches a file, unless it is there already.
pub(crate) fn fetch(
    remote: &RemoteFile,
    path: &Path,
    observer: &dyn Observer,
) -> Result<(), FetchError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut work = None;
    Downloader::default().fetch(remote, path, &mut |event| {
        match event {
            DownloadEvent::Received { bytes, total } => {
                let work = work.get_or_insert_with(|| {
                    let total = total.unwrap_or_default() / MEGABYTE;
                    let work = Work::new(format!("fetching {name}"), total as usize, "MB");
                    observer.begun(&work);
                    work
                });
                observer.advanced(work, (bytes / MEGABYTE) as usize);
            }
            DownloadEvent::Retrying { reason } => observer.noted(&Note::Retrying {
                file: &name,
                reason,
            }),
            DownloadEvent::WaitingForLock => observer.noted(&Note::WaitingForLock { file: &name }),
            DownloadEvent::Pausing => {}
        }
        !observer.cancelled()
    })?;
    if let Some(work) = work {
        observer.ended(&work);
    }
    Ok(())
}

/// Unpacks an archive into a folder.
pub(crate) fn unpack(
    archive: &Path,
    folder: &Path,
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
