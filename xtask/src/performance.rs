//! `cargo xtask bench performance`: what our jobs take, beside the same jobs of PyTorch, torchvision and faiss.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use pets_bench::{Measurement, measure};
use serde::Serialize;

use crate::shell::{CommandLine, root};

/// An example that measures jobs, and the script that measures the same ones elsewhere.
struct Pair {
    ours: CommandLine,
    peer: CommandLine,
}

/// What each job took in every round.
#[derive(Default, Serialize)]
struct Rounds {
    ours: Vec<Measurement>,
    peer: Vec<Measurement>,
}

/// Measures everything in turns, ours and the peer's, and prints the table; `out` receives the figures as JSON.
pub(crate) fn run(data_dir: &Path, peer: Option<&Path>, rounds: usize, out: &Path) -> Result<()> {
    let mut jobs = BTreeMap::<String, Rounds>::new();
    for pair in pairs(data_dir, peer) {
        for _ in 0..rounds {
            for measurement in measurements(&pair.ours)? {
                let job = jobs.entry(measurement.job.clone()).or_default();
                job.ours.push(measurement);
            }
            if peer.is_some() {
                for measurement in measurements(&pair.peer)? {
                    let job = jobs.entry(measurement.job.clone()).or_default();
                    job.peer.push(measurement);
                }
            }
        }
    }
    for (name, command) in starts() {
        let measurement = measure(name, 1, 10, || command.output());
        jobs.entry(name.to_owned())
            .or_default()
            .ours
            .push(measurement);
    }
    let path = root().join(out);
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    fs::write(&path, serde_json::to_string_pretty(&jobs)?)
        .with_context(|| format!("cannot write {}", path.display()))?;
    print!("{}", table(&jobs));
    Ok(())
}

fn pairs(data_dir: &Path, peer: Option<&Path>) -> Vec<Pair> {
    let python = peer.unwrap_or(Path::new("python3"));
    let pair = |ours: &'static str, script: &'static str| Pair {
        ours: CommandLine::new("cargo run --release").with_arguments(ours),
        peer: CommandLine::new("")
            .with_word(python)
            .with_arguments(script),
    };
    let mut loading = pair(
        "-p pets-data --example throughput --",
        "benches/peer/loading.py",
    );
    loading.ours = loading.ours.with_word(data_dir);
    loading.peer = loading.peer.with_word(data_dir);
    vec![
        pair(
            "-p pets-model --example step -- resnet18 16 224",
            "benches/peer/step.py resnet18 16 224",
        ),
        pair(
            "-p pets-model --example step -- resnet50 16 224 2",
            "benches/peer/step.py resnet50 16 224 2",
        ),
        pair(
            "-p pets-model --example step -- efficientnet_lite0 16 224",
            "benches/peer/step.py efficientnet_lite0 16 224",
        ),
        pair(
            "-p pets-eval --example scale -- 7349 256 37 knn retrieval verification",
            "benches/peer/neighbours.py 7349 256 37",
        ),
        loading,
    ]
}

/// Programs whose whole run is timed.
fn starts() -> [(&'static str, CommandLine); 1] {
    [(
        "pets --help, whole process",
        CommandLine::new("target/release/pets --help"),
    )]
}

/// Runs a command; its lines of JSON are measurements.
fn measurements(command: &CommandLine) -> Result<Vec<Measurement>> {
    eprintln!("$ {command}");
    command
        .output()?
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).with_context(|| format!("{command} printed {line}")))
        .collect()
}

/// The fastest repeat, the least CPU time and the highest memory of all rounds.
fn best(rounds: &[Measurement]) -> Option<(f64, f64, u64)> {
    rounds
        .iter()
        .map(|round| (round.best(), round.cpu_seconds, round.peak_mib))
        .reduce(
            |(seconds, cpu, peak), (more_seconds, more_cpu, more_peak)| {
                (
                    seconds.min(more_seconds),
                    cpu.min(more_cpu),
                    peak.max(more_peak),
                )
            },
        )
}

fn table(jobs: &BTreeMap<String, Rounds>) -> String {
    let mut table = String::from(
        "| job | ours: s | CPU s | per second | peak MiB | peer: s | CPU s | peak MiB | peer's time by ours |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for (job, rounds) in jobs {
        let Some((seconds, cpu, peak)) = best(&rounds.ours) else {
            continue;
        };
        let items = rounds.ours[0].items as f64;
        let peer = best(&rounds.peer).map_or_else(
            || " | | |".to_owned(),
            |(peer_seconds, peer_cpu, peer_peak)| {
                let ratio = peer_seconds / seconds;
                format!("{peer_seconds:.3} | {peer_cpu:.3} | {peer_peak} | {ratio:.2}")
            },
        );
        let _ = writeln!(
            table,
            "| {job} | {seconds:.3} | {cpu:.3} | {:.1} | {peak} | {peer} |",
            items / seconds
        );
    }
    table
}
