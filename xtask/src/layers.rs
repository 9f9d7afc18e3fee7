//! `cargo xtask layers`: dependencies between the crates point in one direction, as ARCHITECTURE.md draws them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::shell::CommandLine;

/// Which of the workspace's crates a crate may use. What is not listed uses none.
const ALLOWED: [(&str, &[&str]); 9] = [
    ("pets-data", &["pets-files"]),
    ("pets-draw", &["pets-files"]),
    ("pets-eval", &["pets-files"]),
    ("pets-fetch", &["pets-files"]),
    ("pets-model", &["pets-files", "pets-kernels"]),
    (
        "pets-train",
        &[
            "pets-data",
            "pets-eval",
            "pets-files",
            "pets-kernels",
            "pets-losses",
            "pets-model",
        ],
    ),
    (
        "pets",
        &[
            "pets-data",
            "pets-draw",
            "pets-eval",
            "pets-fetch",
            "pets-files",
            "pets-kernels",
            "pets-losses",
            "pets-model",
            "pets-train",
            "pets-viz",
        ],
    ),
    ("pets-cli", &["pets"]),
    ("xtask", &["pets-bench"]),
];

/// Crates that only tests and benchmarks use.
const FOR_TESTS: [&str; 3] = ["pets-bench", "pets-browser", "pets-fuzz"];

/// Crates that know neither pets nor tensors: what they may not use, directly or through others.
const NO_BURN: [&str; 7] = [
    "pets-bench",
    "pets-draw",
    "pets-eval",
    "pets-fetch",
    "pets-files",
    "pets-fuzz",
    "pets-viz",
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// Absent for an ordinary dependency, else `dev` or `build`.
    kind: Option<String>,
}

/// Checks the workspace.
pub(crate) fn run() -> Result<()> {
    let text = CommandLine::new("cargo metadata --no-deps --format-version 1").output()?;
    let metadata: Metadata =
        serde_json::from_str(&text).context("`cargo metadata` printed something else")?;
    let faults = faults(&metadata);
    if !faults.is_empty() {
        bail!(
            "dependencies against the direction:\n  {}",
            faults.join("\n  ")
        );
    }
    println!("{} crates, all in order", metadata.packages.len());
    Ok(())
}

fn faults(metadata: &Metadata) -> Vec<String> {
    let allowed: BTreeMap<_, _> = ALLOWED.into_iter().collect();
    let members: Vec<_> = metadata
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut faults = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let may_use = allowed.get(name).copied().unwrap_or_default();
        for dependency in &package.dependencies {
            let (used, ordinary) = (dependency.name.as_str(), dependency.kind.is_none());
            let fault = if used == "burn" || used.starts_with("burn-") {
                NO_BURN.contains(&name)
            } else if !members.contains(&used) {
                false
            } else if ordinary {
                !may_use.contains(&used)
            } else {
                !may_use.contains(&used) && !FOR_TESTS.contains(&used)
            };
            if fault {
                faults.push(format!("{name} uses {used}"));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        Package {
            name: name.to_owned(),
            dependencies: dependencies
                .iter()
                .map(|(name, kind)| Dependency {
                    name: (*name).to_owned(),
                    kind: kind.map(str::to_owned),
                })
                .collect(),
        }
    }

    #[test]
    fn only_the_drawn_direction_is_allowed() {
        let metadata = Metadata {
            packages: vec![
                package("pets-losses", &[("burn", None), ("pets-data", None)]),
                package("pets-data", &[("image", None), ("pets-fuzz", Some("dev"))]),
                package("pets-eval", &[("burn-store", None)]),
                package("pets-fuzz", &[]),
                package("pets-cli", &[("pets", None), ("pets-fuzz", None)]),
                package("pets", &[("pets-losses", None)]),
            ],
        };
        assert_eq!(
            faults(&metadata),
            [
                "pets-losses uses pets-data",
                "pets-eval uses burn-store",
                "pets-cli uses pets-fuzz"
            ]
        );
    }
}
