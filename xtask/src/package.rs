//! `cargo xtask package`: the crates packed as for a registry, each with all that it includes.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::{CommandLine, root};

/// Macros that put a file into the program.
const INCLUDES: [&str; 2] = ["include_bytes!(", "include_str!("];

/// Packs every crate; unless `quickly`, each is then built from the packed files, which takes as long as a build of
/// everything.
pub(crate) fn run(quickly: bool) -> Result<()> {
    let packages = root().join("crates");
    for package in fs::read_dir(&packages)? {
        check_includes(&package?.path())?;
    }
    let line =
        CommandLine::new("cargo package --workspace --exclude xtask --allow-dirty --offline");
    let line = if quickly {
        line.with_arguments("--no-verify")
    } else {
        line
    };
    line.run_and_say()
}

/// Every file that the sources of a package include must lie inside it, or its packed form cannot be built. Packing alone
/// does not notice.
fn check_includes(package: &Path) -> Result<()> {
    for source in rust_files(&package.join("src"))? {
        let text = fs::read_to_string(&source)
            .with_context(|| format!("cannot read {}", source.display()))?;
        let folder = source.parent().unwrap_or(package);
        for included in included_paths(&text) {
            let path = folder.join(included);
            let found = path
                .canonicalize()
                .with_context(|| format!("{} includes {included}", source.display()))?;
            if !found.starts_with(package.canonicalize()?) {
                bail!(
                    "{} includes {included}, which lies outside of its crate",
                    source.display()
                );
            }
        }
    }
    Ok(())
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension() == Some(OsStr::new("rs")) {
            files.push(path);
        }
    }
    Ok(files)
}

/// The literals that the including macros of a source are called with.
fn included_paths(source: &str) -> Vec<&str> {
    INCLUDES
        .iter()
        .flat_map(|include| source.split(include).skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package_that_includes(path: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("inner/src/deep")).unwrap();
        fs::write(folder.path().join("inner/inside.txt"), "").unwrap();
        fs::write(folder.path().join("outside.txt"), "").unwrap();
        let source = format!("const TEXT: &str = include_str!(\n    \"{path}\"\n);");
        fs::write(folder.path().join("inner/src/deep/a.rs"), source).unwrap();
        folder
    }

    #[test]
    fn what_lies_outside_of_a_package_cannot_be_included() {
        let check = |path: &str| {
            let folder = package_that_includes(path);
            check_includes(&folder.path().join("inner"))
        };
        check("../../inside.txt").unwrap();
        let said = check("../../../outside.txt").unwrap_err().to_string();
        assert!(said.contains("outside of its crate"), "{said}");
        assert!(check("../../missing.txt").is_err());
    }
}
