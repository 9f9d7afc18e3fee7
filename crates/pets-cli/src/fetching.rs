//! Files from the network, with their progress on the terminal.

use std::path::Path;

use anyhow::Result;
use pets_fetch::{
    ArchiveLimits, Downloader, Event, FetchError, Outcome, RemoteFile, unpack_tar_gz,
};

use crate::interrupt::{self, Interrupted};
use crate::output::progress::Progress;

const MEGABYTE: u64 = 1_000_000;

/// Fetches a file, unless it is there already.
pub(crate) fn fetch(remote: &RemoteFile, path: &Path) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut progress = None;
    let outcome = Downloader::default().fetch(remote, path, &mut |event| {
        match event {
            Event::Received { bytes, total } => {
                let total = total.unwrap_or_default() / MEGABYTE;
                progress
                    .get_or_insert_with(|| {
                        Progress::start(&format!("fetching {name}"), total as usize, "MB")
                    })
                    .update((bytes / MEGABYTE) as usize, "");
            }
            Event::Retrying { reason } => say!("{name}: {reason}; trying again"),
            Event::WaitingForLock => say!("{name}: another program is fetching; waiting"),
            Event::Pausing => {}
        }
        !interrupt::requested()
    });
    match outcome {
        Ok(Outcome::Downloaded) => {
            if let Some(progress) = progress {
                progress.finish(&path.display().to_string());
            }
            Ok(())
        }
        Ok(Outcome::AlreadyThere) => Ok(()),
        Err(error) => Err(interruption_or(error)),
    }
}

/// Unpacks an archive into a folder.
pub(crate) fn unpack(archive: &Path, folder: &Path, limits: ArchiveLimits) -> Result<()> {
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    let size = std::fs::metadata(archive).map_or(0, |metadata| metadata.len());
    let mut progress = Progress::start(
        &format!("unpacking {name}"),
        (size / MEGABYTE) as usize,
        "MB",
    );
    unpack_tar_gz(archive, folder, limits, &mut |read| {
        progress.update((read / MEGABYTE) as usize, "");
        !interrupt::requested()
    })
    .map_err(interruption_or)?;
    progress.finish(&folder.display().to_string());
    Ok(())
}

fn interruption_or(error: FetchError) -> anyhow::Error {
    match error {
        FetchError::Interrupted => Interrupted.into(),
        error => error.into(),
    }
}
