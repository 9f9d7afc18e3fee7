//! One writer at a time in the folder of a run, and in its results.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use pets_files::FolderLock;

use crate::error::TrainError;
use crate::run_folder::layout::RunFolder;

const RUN_LOCK: &str = "run.lock";

/// A run folder that no other process trains into while this lives.
///
/// The operating system holds the lock, so it ends with the process, however that ends.
#[derive(Debug)]
pub struct LockedRunFolder {
    folder: RunFolder,
    lock: FolderLock,
}

/// The results of a run, which no other process writes while this lives: not the trained run itself, so that a model
/// can be judged while its training goes on.
#[derive(Debug)]
pub struct LockedResults {
    run: RunFolder,
    lock: FolderLock,
}

impl RunFolder {
    /// Makes the folder, and locks it against other runs. The lock file holds the number of this process.
    ///
    /// # Errors
    ///
    /// [`TrainError::Lock`] where another process trains into the folder, or it cannot be made or written.
    pub fn lock(self) -> Result<LockedRunFolder, TrainError> {
        let lock = FolderLock::acquire(self.root(), RUN_LOCK)?;
        Ok(LockedRunFolder { folder: self, lock })
    }

    /// Makes the folder of the results, and locks it against others that write results of this run.
    ///
    /// # Errors
    ///
    /// [`TrainError::Lock`] where another process does, or the folder cannot be made or written;
    /// [`TrainError::LinkedResults`] where it is a link: the folder of a run may come from anyone.
    pub fn lock_results(&self) -> Result<LockedResults, TrainError> {
        let path = self.results();
        if path.is_symlink() {
            return Err(TrainError::LinkedResults { path });
        }
        let lock = FolderLock::acquire(&path, FolderLock::FILE)?;
        Ok(LockedResults {
            run: self.clone(),
            lock,
        })
    }
}

impl LockedRunFolder {
    /// Whether the path still leads to the folder that was locked: asked before each write.
    ///
    /// # Errors
    ///
    /// [`TrainError::Lock`] where it does not.
    pub fn check(&self) -> Result<(), TrainError> {
        Ok(self.lock.check()?)
    }
}

impl Deref for LockedRunFolder {
    type Target = RunFolder;

    fn deref(&self) -> &RunFolder {
        &self.folder
    }
}

impl LockedResults {
    /// The run.
    pub const fn run(&self) -> &RunFolder {
        &self.run
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        self.lock.folder()
    }

    /// Where a file of the results is to be written now; the folder that it lies in is made.
    ///
    /// # Errors
    ///
    /// [`TrainError::Lock`] where the folder is no longer the one that was locked, [`TrainError::LinkedResults`] where the
    /// file's folder is a link, [`TrainError::Io`] where it cannot be made.
    pub fn file(&self, name: impl AsRef<Path>) -> Result<PathBuf, TrainError> {
        self.lock.check()?;
        let path = self.path().join(name);
        let folder = path.parent().unwrap_or(self.path());
        if folder.is_symlink() {
            return Err(TrainError::LinkedResults {
                path: folder.to_owned(),
            });
        }
        std::fs::create_dir_all(folder).map_err(|source| TrainError::Io {
            action: "create",
            path: folder.to_owned(),
            source,
        })?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use pets_files::LockError;

    use super::*;

    #[test]
    fn a_run_is_trained_by_one_and_judged_by_one() {
        let place = tempfile::tempdir().unwrap();
        let folder = || RunFolder::new(place.path().join("run"));
        let run = folder().lock().unwrap();
        let results = folder().lock_results().unwrap();
        for refused in [
            folder().lock().unwrap_err(),
            folder().lock_results().unwrap_err(),
        ] {
            match refused {
                TrainError::Lock(LockError::Locked { process, .. }) => {
                    assert_eq!(process, Some(std::process::id()));
                }
                other => panic!("locked twice: {other:?}"),
            }
        }
        drop((run, results));
        folder().lock().unwrap();
        folder().lock_results().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn results_do_not_follow_a_link_out_of_the_run() {
        let place = tempfile::tempdir().unwrap();
        let elsewhere = place.path().join("elsewhere");
        std::fs::create_dir_all(&elsewhere).unwrap();
        std::fs::create_dir_all(place.path().join("run")).unwrap();
        std::os::unix::fs::symlink(&elsewhere, place.path().join("run/results")).unwrap();
        let refused = RunFolder::new(place.path().join("run"))
            .lock_results()
            .unwrap_err();
        assert!(matches!(refused, TrainError::LinkedResults { .. }));
        let results = RunFolder::new(place.path().join("other"))
            .lock_results()
            .unwrap();
        std::os::unix::fs::symlink(&elsewhere, results.path().join("gradcam")).unwrap();
        let refused = results.file("gradcam/samples.png").unwrap_err();
        assert!(matches!(refused, TrainError::LinkedResults { .. }));
        assert_eq!(std::fs::read_dir(elsewhere).unwrap().count(), 0);
    }

    #[test]
    fn results_of_a_run_that_was_moved_away_are_not_written_into_the_newcomer() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("run");
        let results = RunFolder::new(&root).lock_results().unwrap();
        let file = results.file("retrieval/best.png").unwrap();
        assert!(file.parent().unwrap().is_dir());
        std::fs::rename(&root, place.path().join("elsewhere")).unwrap();
        RunFolder::new(&root).lock_results().unwrap();
        let refused = results.file("retrieval/best.png").unwrap_err();
        assert!(matches!(
            refused,
            TrainError::Lock(LockError::Replaced { .. })
        ));
        assert!(!root.join("results/retrieval").exists());
    }
}
