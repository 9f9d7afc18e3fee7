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

/// What the jobs need built: one command, so that everything shares the dependencies.
pub(crate) const BUILD: &str = "cargo build --release --bins --examples \
    -p pets-cli -p pets-data -p pets-eval -p pets-train -p pets-viz";

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
        let mut failure = Ok(());
        let mut measurement = measure(name, 1, 10, || {
            if let Err(error) = command.output() {
                failure = Err(error);
            }
        });
        failure?;
        // They are those of this process, not of the one that was timed.
        (measurement.cpu_seconds, measurement.peak_mib) = (0.0, 0);
        jobs.entry(name.to_owned())
            .or_default()
            .ours
            .push(measurement);
    }
    write_figures(out, &jobs)?;
    print!("{}", table(&jobs));
    peer.map_or(Ok(()), |python| compare_maps(data_dir, python))
}

fn pairs(data_dir: &Path, peer: Option<&Path>) -> Vec<Pair> {
    let python = peer.unwrap_or(Path::new("python3"));
    let pair = |ours: &'static str, script: &'static str| Pair {
        ours: CommandLine::new(ours),
        peer: CommandLine::new("")
            .with_word(python)
            .with_arguments(script),
    };
    let mut loading = pair(
        "target/release/examples/throughput",
        "benches/peer/loading.py",
    );
    loading.ours = loading.ours.with_word(data_dir);
    loading.peer = loading.peer.with_word(data_dir);
    vec![
        pair(
            "target/release/examples/step resnet18 16 224",
            "benches/peer/step.py resnet18 16 224",
        ),
        pair(
            "target/release/examples/step resnet18 64 224 1",
            "benches/peer/step.py resnet18 64 224 1",
        ),
        pair(
            "target/release/examples/step resnet50 16 224 2",
            "benches/peer/step.py resnet50 16 224 2",
        ),
        pair(
            "target/release/examples/step efficientnet_lite0 16 224",
            "benches/peer/step.py efficientnet_lite0 16 224",
        ),
        pair(
            "target/release/examples/step efficientnet_lite0 64 224 1",
            "benches/peer/step.py efficientnet_lite0 64 224 1",
        ),
        pair(
            "target/release/examples/scale 7349 256 37 knn retrieval verification",
            "benches/peer/neighbours.py 7349 256 37",
        ),
        loading,
    ]
}

/// Programs whose whole run is timed. The first run, which is not counted, draws the pets.
fn starts() -> [(&'static str, CommandLine); 2] {
    [
        (
            "pets --help, whole process",
            CommandLine::new("target/release/pets --help"),
        ),
        (
            "load the bundled model and embed two pictures, whole process",
            CommandLine::new(
                "target/release/pets embed --representation features --backbone efficientnet_lite0 --part test \
                 --set drawn.breeds=2 --set drawn.images=6 --holdout-breeds none \
                 --data-dir outputs/bench/two-breeds --out outputs/bench/two-breeds.npz",
            ),
        ),
    ]
}

/// Holds our maps against scikit-learn's and umap-learn's, on the features of the bundled model.
fn compare_maps(data_dir: &Path, python: &Path) -> Result<()> {
    let features = Path::new("outputs/bench/features.npz");
    CommandLine::new("target/release/pets embed --representation features")
        .with_arguments("--backbone efficientnet_lite0 --split official --holdout-breeds none")
        .with_path("--data-dir", data_dir)
        .with_path("--out", features)
        .run_and_say()?;
    CommandLine::new("")
        .with_word(python)
        .with_arguments("benches/peer/projections.py target/release/examples/project")
        .with_word(features)
        .run_and_say()
}

/// Writes what was measured as JSON.
pub(crate) fn write_figures(out: &Path, figures: &impl Serialize) -> Result<()> {
    let path = root().join(out);
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    fs::write(&path, serde_json::to_string_pretty(figures)?)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Runs a command; its lines of JSON are measurements.
pub(crate) fn measurements(command: &CommandLine) -> Result<Vec<Measurement>> {
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
            "| {job} | {seconds:.3} | {} | {:.1} | {} | {peer} |",
            shown(cpu, 3),
            items / seconds,
            shown(peak as f64, 0),
        );
    }
    table
}

/// A number, or nothing for zero, which stands for what is not known.
fn shown(value: f64, decimals: usize) -> String {
    if value == 0.0 {
        return String::new();
    }
    format!("{value:.decimals$}")
}
