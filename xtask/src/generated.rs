//! Files that the program itself writes and the repository keeps.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::shell::{CommandLine, workspace_root};

struct GeneratedFile {
    path: &'static str,
    made_by: &'static str,
}

const FILES: [GeneratedFile; 1] = [GeneratedFile {
    path: "configs/default.toml",
    made_by: "cargo run --quiet -p pets-cli -- config --defaults",
}];

impl GeneratedFile {
    fn content(&self) -> Result<String> {
        CommandLine::new(self.made_by).output()
    }

    fn absolute_path(&self) -> PathBuf {
        workspace_root().join(self.path)
    }
}

/// Writes every generated file.
pub(crate) fn write() -> Result<()> {
    for file in FILES {
        let path = file.absolute_path();
        std::fs::write(&path, file.content()?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        println!("wrote {}", file.path);
    }
    Ok(())
}

/// Fails where a generated file is not what the program writes now.
pub(crate) fn check() -> Result<()> {
    for file in FILES {
        let path = file.absolute_path();
        let found = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        if found != file.content()? {
            bail!("{} is out of date; run `cargo xtask docs`", file.path);
        }
        println!("{} is fresh", file.path);
    }
    Ok(())
}
