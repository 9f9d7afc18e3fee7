//! One writer per folder.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use same_file::Handle;
use thiserror::Error;

use crate::unfollowed::open_or_create;

/// How often a lock that another process holds is tried again.
const HEARTBEAT: Duration = Duration::from_millis(100);

/// Why a process is not, or no longer, the one writer of a folder.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another process writes there.
    #[error(
        "{}{} is writing into {}; wait for it to end, or choose another folder",
        if process.is_some() { "process " } else { "another process" },
        process.map_or_else(String::new, |process| process.to_string()),
        folder.display()
    )]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// The number of the other process, where it has left it.
        process: Option<u32>,
    },
    /// The path leads to another folder than the one that was locked, or to none.
    #[error(
        "{} is no longer the folder that this process began to write into: it was moved, replaced or removed; nothing more is written there",
        folder.display()
    )]
    Replaced {
        /// The path of the folder.
        folder: PathBuf,
    },
    /// Whoever waited for the lock gave up.
    #[error("interrupted")]
    Interrupted,
    /// The folder cannot be locked.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// `create`, `lock` or `write`.
        action: &'static str,
        /// The folder or the lock file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// A folder that no other process that asks for its lock writes into while this lives.
///
/// Locked are the folder itself, where the system can lock folders, and a file in it, which holds the number of the
/// process: whoever removes the file does not get in. The operating system releases both when the process ends, however
/// it ends. On file systems that know no locks there is none.
#[derive(Debug)]
pub struct FolderLock {
    folder: PathBuf,
    handle: Handle,
    _file: File,
}

impl FolderLock {
    /// The lock file of folders that several programs of this kind write into, so that they exclude each other.
    pub const FILE: &'static str = ".lock";

    /// Makes the folder where it is missing, and locks it with the file `name` in it.
    ///
    /// # Errors
    ///
    /// [`LockError::Locked`] where another process has it, [`LockError::Io`].
    pub fn acquire(folder: &Path, name: &str) -> Result<Self, LockError> {
        std::fs::create_dir_all(folder).map_err(failed("create", folder))?;
        let handle = Handle::from_path(folder).map_err(failed("lock", folder))?;
        let path = folder.join(name);
        let mut file = open_or_create(&path).map_err(failed("create", &path))?;
        let locked = |file: &mut File| LockError::Locked {
            folder: folder.to_owned(),
            process: process(file),
        };
        if cfg!(unix) && !lock(handle.as_file()).map_err(failed("lock", folder))? {
            return Err(locked(&mut file));
        }
        if !lock(&file).map_err(failed("lock", &path))? {
            return Err(locked(&mut file));
        }
        file.set_len(0)
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(failed("write", &path))?;
        Ok(Self {
            folder: folder.to_owned(),
            handle,
            _file: file,
        })
    }

    /// As [`acquire`](Self::acquire), but waits while another process has the folder; `go_on` is asked again and again
    /// whether to.
    ///
    /// # Errors
    ///
    /// [`LockError::Interrupted`] where `go_on` answers false, [`LockError::Io`].
    pub fn acquire_when_free(
        folder: &Path,
        name: &str,
        mut go_on: impl FnMut() -> bool,
    ) -> Result<Self, LockError> {
        loop {
            match Self::acquire(folder, name) {
                Err(LockError::Locked { .. }) if go_on() => thread::sleep(HEARTBEAT),
                Err(LockError::Locked { .. }) => return Err(LockError::Interrupted),
                other => return other,
            }
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the path still leads to the folder that was locked: to be asked before each write.
    ///
    /// # Errors
    ///
    /// [`LockError::Replaced`] where it does not.
    pub fn check(&self) -> Result<(), LockError> {
        match Handle::from_path(&self.folder) {
            Ok(there) if there == self.handle => Ok(()),
            _ => Err(LockError::Replaced {
                folder: self.folder.clone(),
            }),
        }
    }
}

/// Whether the lock is this process's, or there are none to be had.
fn lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The process that a lock file names.
fn process(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    // Whoever cannot be told is still there.
    file.take(64).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> LockError {
    let path = path.to_owned();
    move |source| LockError::Io {
        action,
        path,
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const NAME: &str = "a.lock";

    #[test]
    fn one_at_a_time_and_the_other_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("made");
        let lock = FolderLock::acquire(&place, NAME).unwrap();
        lock.check().unwrap();
        let refused = FolderLock::acquire(&place, NAME).unwrap_err();
        let this = std::process::id();
        assert!(
            matches!(&refused, LockError::Locked { process, .. } if *process == Some(this)),
            "{refused}"
        );
        drop(lock);
        FolderLock::acquire(&place, NAME).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn removing_the_lock_file_lets_nobody_in() {
        let folder = tempfile::tempdir().unwrap();
        let lock = FolderLock::acquire(folder.path(), NAME).unwrap();
        fs::remove_file(folder.path().join(NAME)).unwrap();
        let refused = FolderLock::acquire(folder.path(), NAME).unwrap_err();
        assert!(matches!(refused, LockError::Locked { process: None, .. }));
        lock.check().unwrap();
    }

    #[test]
    fn a_folder_that_is_moved_away_is_no_longer_written_into() {
        let parent = tempfile::tempdir().unwrap();
        let place = parent.path().join("run");
        let lock = FolderLock::acquire(&place, NAME).unwrap();
        fs::rename(&place, parent.path().join("elsewhere")).unwrap();
        assert!(matches!(lock.check(), Err(LockError::Replaced { .. })));
        let newcomer = FolderLock::acquire(&place, NAME).unwrap();
        newcomer.check().unwrap();
        let error = lock.check().unwrap_err().to_string();
        assert!(error.contains("no longer the folder"), "{error}");
    }

    #[test]
    fn what_an_ended_process_left_does_not_matter() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(NAME);
        fs::write(&file, "4000000000 and more than a number\n").unwrap();
        let _lock = FolderLock::acquire(folder.path(), NAME).unwrap();
        let text = fs::read_to_string(file).unwrap();
        assert_eq!(text, format!("{}\n", std::process::id()));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_place_of_the_lock_file_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let precious = folder.path().join("precious");
        fs::write(&precious, "kept").unwrap();
        std::os::unix::fs::symlink(&precious, folder.path().join(NAME)).unwrap();
        FolderLock::acquire(folder.path(), NAME).unwrap_err();
        assert_eq!(fs::read_to_string(precious).unwrap(), "kept");
    }

    #[test]
    fn waiting_ends_with_the_other_or_with_patience() {
        let folder = tempfile::tempdir().unwrap();
        let mut held = Some(FolderLock::acquire(folder.path(), NAME).unwrap());
        let gave_up = FolderLock::acquire_when_free(folder.path(), NAME, || false);
        assert!(matches!(gave_up, Err(LockError::Interrupted)));
        FolderLock::acquire_when_free(folder.path(), NAME, || {
            held.take();
            true
        })
        .unwrap();
    }
}
