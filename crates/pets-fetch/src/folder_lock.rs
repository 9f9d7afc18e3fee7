//! One fetching program at a time per folder.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::FetchError;

/// An exclusive lock on a folder; the operating system releases it when the program ends, however it ends.
#[derive(Debug)]
pub(crate) struct FolderLock(#[expect(dead_code, reason = "holds the lock")] File);

impl FolderLock {
    /// Locks `folder`, waiting for another program if need be; `on_wait` is called before that.
    pub(crate) fn acquire(folder: &Path, on_wait: impl FnOnce()) -> Result<Self, FetchError> {
        let path = folder.join(".lock");
        let failed = |source| FetchError::io("lock", &path, source);
        let file = File::create(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                on_wait();
                file.lock().map_err(failed)?;
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        Ok(Self(file))
    }
}
