//! One run at a time in a folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::ops::Deref;

use crate::error::TrainError;
use crate::run_folder::layout::RunFolder;

/// A run folder that no other process trains into while this lives.
///
/// The operating system holds the lock, so it ends with the process, however that ends.
#[derive(Debug)]
pub struct LockedRunFolder {
    folder: RunFolder,
    /// Holds the lock; absent where the file system knows none.
    _lock: Option<File>,
}

impl RunFolder {
    /// Makes the folder, and locks it against other runs. The lock file holds the number of this process.
    ///
    /// # Errors
    ///
    /// [`TrainError::Locked`] where another process trains into the folder; [`TrainError::Io`] where the folder cannot be
    /// made or written.
    pub fn lock(self) -> Result<LockedRunFolder, TrainError> {
        let path = self.lock_file();
        let failed = |action, source| TrainError::Io {
            action,
            path: path.clone(),
            source,
        };
        std::fs::create_dir_all(self.root()).map_err(|source| TrainError::Io {
            action: "create",
            path: self.root().to_owned(),
            source,
        })?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|source| failed("create", source))?;
        let locked = match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Whoever cannot be told is still there.
                let _ = file.read_to_string(&mut text);
                return Err(TrainError::Locked {
                    folder: self.root().to_owned(),
                    process: text.trim().parse().ok(),
                });
            }
            Err(TryLockError::Error(source)) if source.kind() == ErrorKind::Unsupported => false,
            Err(TryLockError::Error(source)) => return Err(failed("lock", source)),
        };
        file.set_len(0)
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(|source| failed("write", source))?;
        Ok(LockedRunFolder {
            folder: self,
            _lock: locked.then_some(file),
        })
    }
}

impl Deref for LockedRunFolder {
    type Target = RunFolder;

    fn deref(&self) -> &RunFolder {
        &self.folder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_locked_once_and_free_again_afterwards() {
        let place = tempfile::tempdir().unwrap();
        let folder = || RunFolder::new(place.path().join("run"));
        let lock = folder().lock().unwrap();
        match folder().lock() {
            Err(TrainError::Locked { process, .. }) => {
                assert_eq!(process, Some(std::process::id()));
            }
            other => panic!("locked twice: {other:?}"),
        }
        drop(lock);
        folder().lock().unwrap();
    }

    #[test]
    fn a_lock_file_that_nobody_holds_does_not_lock() {
        let place = tempfile::tempdir().unwrap();
        let folder = RunFolder::new(place.path());
        std::fs::write(folder.lock_file(), "4000000000 and more than a number\n").unwrap();
        let lock = folder.lock().unwrap();
        assert_eq!(
            std::fs::read_to_string(lock.lock_file()).unwrap(),
            format!("{}\n", std::process::id())
        );
    }
}
