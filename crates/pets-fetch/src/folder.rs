//! One fetching program at a time per folder.

use std::path::Path;

use pets_files::FolderLock;

use crate::download_event::{DownloadEvent, Observer};
use crate::error::FetchError;

/// Locks `folder`, which is made where it is missing, and waits for whoever has it.
///
/// Whoever fetches, unpacks and removes an archive holds it through all of that, with
/// [`Downloader::fetch_into`](crate::Downloader::fetch_into) and [`unpack_tar_gz`](crate::unpack_tar_gz); what is there
/// already can be told only when the lock is held.
///
/// # Errors
///
/// [`FetchError::Interrupted`] when the observer answered false, [`FetchError::Lock`].
pub fn lock_folder(folder: &Path, observer: Observer<'_>) -> Result<FolderLock, FetchError> {
    let mut event = DownloadEvent::WaitingForLock;
    let lock = FolderLock::acquire_when_free(folder, FolderLock::FILE, || {
        observer(std::mem::replace(&mut event, DownloadEvent::Waiting))
    })?;
    Ok(lock)
}

/// The folder that a file lies in, as a path that can be opened.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_lies_in_the_current_folder() {
        assert_eq!(folder_of(Path::new("file.bin")), Path::new("."));
        assert_eq!(folder_of(Path::new("a/file.bin")), Path::new("a"));
    }
}
