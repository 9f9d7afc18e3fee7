//! `cargo xtask bench endurance`: whether a long run keeps its memory, threads and files.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Epochs behind which the process is looked at.
const EARLY: usize = 10;

/// What a process holds.
struct Held {
    peak_kib: u64,
    now_kib: u64,
    threads: u64,
    files: usize,
}

/// Trains on drawn pets and says what the process holds early and late.
pub(crate) fn run(pets: &Path, out: &Path, epochs: usize, arguments: &[String]) -> Result<()> {
    if epochs <= EARLY {
        bail!("more than {EARLY} epochs are needed");
    }
    let data = out.join("drawn");
    let mut train = Command::new(pets);
    train
        .args(["train", "--restart", "--no-early-stopping"])
        .args(["--drawn-breeds=4", "--drawn-images=12", "--drawn-size=64"])
        .args(["--img-size=32", "--batch-size=8", "--holdout-breeds=none"])
        .arg(format!("--num-epochs={epochs}"))
        .args([PathBuf::from("--data-dir"), data])
        .args([PathBuf::from("--output-dir"), out.join("run")])
        .args(arguments)
        .stderr(Stdio::piped());
    let mut child = train
        .spawn()
        .with_context(|| format!("cannot start {}", pets.display()))?;
    let stderr = child.stderr.take().context("stderr is piped")?;
    println!("epoch   peak MiB   now MiB   threads   open files");
    for line in BufReader::new(stderr).lines() {
        let line = line?;
        let epoch = line
            .strip_prefix("epoch ")
            .and_then(|rest| rest.split_once('/'))
            .and_then(|(epoch, _)| epoch.parse::<usize>().ok());
        if let Some(epoch) = epoch.filter(|epoch| *epoch == EARLY || epoch % (epochs / 5) == 0) {
            let held = held_by(child.id())?;
            println!(
                "{epoch:5} {:10.1} {:9.1} {:9} {:12}",
                held.peak_kib as f64 / 1024.0,
                held.now_kib as f64 / 1024.0,
                held.threads,
                held.files
            );
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("training failed ({status})");
    }
    Ok(())
}

/// Asks Linux.
fn held_by(process: u32) -> Result<Held> {
    let folder = PathBuf::from(format!("/proc/{process}"));
    let status = std::fs::read_to_string(folder.join("status"))
        .context("this needs Linux, which tells in /proc what a process holds")?;
    let number = |name: &str| {
        status
            .lines()
            .find_map(|line| {
                line.strip_prefix(name)?
                    .split_whitespace()
                    .next()?
                    .parse()
                    .ok()
            })
            .with_context(|| format!("no {name} in {}", folder.display()))
    };
    Ok(Held {
        peak_kib: number("VmHWM:")?,
        now_kib: number("VmRSS:")?,
        threads: number("Threads:")?,
        files: std::fs::read_dir(folder.join("fd"))?.count(),
    })
}
