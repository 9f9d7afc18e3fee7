//! The program, with all that it says.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;

/// What a call of the program came to.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `pets` in a folder.
pub(crate) fn pets_in<S: AsRef<OsStr>>(folder: &Path, arguments: &[S]) -> Said {
    let output = Command::new(cargo_bin("pets"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    Said {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Said {
    /// That it succeeded.
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self
    }

    /// That it was refused as wrong usage, with these words among those that say why.
    pub(crate) fn refused_with(self, words: &[&str]) {
        assert_eq!(self.code, 2, "{}", self.stderr);
        for words in words {
            assert!(self.stderr.contains(words), "{words}: {}", self.stderr);
        }
    }
}
