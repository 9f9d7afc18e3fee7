//! Runs that are killed, stopped, refused and resumed.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::workplace::Workplace;

/// A head on frozen stages: a step takes milliseconds, and a checkpoint a good part of the time.
const RUN: [&str; 14] = [
    "train",
    "--data-dir=drawn",
    "--backbone=efficientnet_lite0",
    "--freeze=backbone",
    "--img-size=32",
    "--batch-size=8",
    "--samples-per-class=2",
    "--embedding-size=16",
    "--holdout-breeds=none",
    "--device=cpu",
    "--num-workers=1",
    "--no-augment",
    "--no-early-stopping",
    "--scheduler-type=none",
];

/// The checkpoint at the end alone.
pub(crate) const RARELY: &str = "--checkpoint-every=1 hour";

pub(crate) fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let often = "--checkpoint-every=1 step";
    let often = (!arguments.contains(&RARELY)).then_some(often);
    RUN.into_iter()
        .chain(often)
        .chain(arguments.iter().copied())
        .collect()
}

/// The models of a run, and its history without the clock's part in it.
pub(crate) fn left_by(workplace: &Workplace, run: &str) -> (Vec<Vec<u8>>, Vec<Value>) {
    let models = ["best_model", "last_model"].map(|name| {
        let path = format!("{run}/models/{name}.safetensors");
        std::fs::read(workplace.path().join(path)).unwrap()
    });
    let mut history = workplace.history(run);
    for record in &mut history {
        let record = record.as_object_mut().unwrap();
        for key in ["seconds", "images_per_second", "wait_share"] {
            record.remove(key).unwrap();
        }
    }
    (models.to_vec(), history)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// The checkpoints of a run, the newest first.
pub(crate) fn checkpoints(workplace: &Workplace, run: &str) -> Vec<PathBuf> {
    let folder = workplace.path().join(run).join("checkpoints");
    let mut found: Vec<_> = names(&folder)
        .into_iter()
        .filter(|name| name.starts_with("step-"))
        .map(|name| folder.join(name))
        .collect();
    found.sort();
    found.reverse();
    found
}

/// Waits until `happened`, or the process has ended; whether it is still there.
pub(crate) fn wait_until(child: &mut Child, mut happened: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    while !happened() {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        assert!(
            started.elapsed() < Duration::from_mins(1),
            "nothing happened"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

#[test]
fn a_run_killed_twenty_times_is_the_run_that_was_not_killed() {
    let workplace = Workplace::new(3, 8);
    let settings = [
        "--num-epochs=60",
        "--loss-type=contrastive",
        "--memory=12",
        "--ema-decay=0.9",
        "--sampler=hard_negative",
    ];
    workplace.pets(&with(
        &[&settings[..], &["--output-dir=whole", RARELY]].concat(),
    ));

    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut killed_while_writing = 0;
    for kill in 0..20 {
        let begin = with(&[&settings[..], &["--output-dir=parts"]].concat());
        let resume = ["train", "--resume", "parts"];
        let begun = workplace.path().join("parts/config.toml").exists();
        let damaged = kill > 0 && kill % 7 == 0;
        if damaged {
            damage(&checkpoints(&workplace, "parts")[0], kill % 2 == 0);
        }
        let log = format!("log-{kill}.txt");
        let arguments = if begun { &resume[..] } else { &begin };
        let mut child = workplace.start(arguments, &log);
        let before = checkpoints(&workplace, "parts");
        let folder = workplace.path().join("parts/checkpoints");
        let running = match kill % 3 {
            // Anywhere: while it starts, computes the frozen stages, or trains.
            0 => true,
            // Behind a step.
            1 => wait_until(&mut child, || {
                checkpoints(&workplace, "parts").first() > before.first()
            }),
            // While a checkpoint is written.
            _ => wait_until(&mut child, || {
                checkpoints(&workplace, "parts").first() > before.first()
                    && names(&folder).iter().any(|name| name.starts_with('.'))
            }),
        };
        assert!(running, "{}", workplace.text(&log));
        if kill % 3 < 2 {
            let longest = if kill % 3 == 0 { 500 } else { 60 };
            std::thread::sleep(Duration::from_millis(random.random_range(0..longest)));
        }
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert!(
            !status.success(),
            "kill {kill} came behind the end of the run"
        );
        if names(&folder).iter().any(|name| name.starts_with('.')) {
            killed_while_writing += 1;
        }
        if damaged && kill % 3 != 0 {
            let log = workplace.text(&log);
            assert!(
                log.contains("warning:") && log.contains("cannot be used"),
                "{log}"
            );
        }
    }
    assert!(killed_while_writing > 2, "only {killed_while_writing}");
    workplace.pets(&["train", "--resume", "parts", RARELY]);
    let half_written = names(&workplace.path().join("parts/checkpoints"));
    assert_eq!(half_written.len(), 2, "{half_written:?}");

    let (whole, parts) = (left_by(&workplace, "whole"), left_by(&workplace, "parts"));
    assert_eq!(parts.1, whole.1);
    assert!(parts.0 == whole.0, "the models differ");
}

/// Cuts a file short, or flips a bit in its middle.
fn damage(path: &Path, cut: bool) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    if cut {
        bytes.truncate(middle);
    } else {
        bytes[middle] ^= 4;
    }
    std::fs::write(path, bytes).unwrap();
}

pub(crate) fn signal(child: &Child, name: &str) {
    let sent = std::process::Command::new("kill")
        .args([name, &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

#[test]
fn signals_locks_and_settings_of_a_run_at_work() {
    let workplace = Workplace::new(3, 8);
    let endless = with(&["--num-epochs=100000"]);
    let mut log = 0;
    let mut start = |arguments: &[&str]| {
        log += 1;
        let log = format!("log-{log}.txt");
        let before = checkpoints(&workplace, "outputs");
        let mut child = workplace.start(arguments, &log);
        let running = wait_until(&mut child, || {
            checkpoints(&workplace, "outputs").first() > before.first()
        });
        assert!(running, "{}", workplace.text(&log));
        (child, log)
    };

    // A second run in the folder is refused, and the first named.
    let (mut child, log) = start(&endless);
    let (code, said) = workplace.fails(&endless);
    assert_eq!(code, 1);
    assert!(said.contains(&format!("process {}", child.id())), "{said}");

    // Ctrl-C ends the run behind a step, and says how to go on.
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let said = workplace.text(&log);
    assert!(said.contains("stopping after this step"), "{said}");
    assert!(
        said.contains("to go on: pets train --resume outputs"),
        "{said}"
    );

    // What it has done is neither overwritten nor mixed with other settings by mistake.
    let kept = checkpoints(&workplace, "outputs");
    let (code, said) = workplace.fails(&endless);
    assert_eq!(code, 2);
    assert!(said.contains("--restart"), "{said}");
    let (code, said) = workplace.fails(&["train", "--resume", "--learning-rate=0.5", "--seed=7"]);
    assert_eq!(code, 2);
    for part in [
        "seed = 7 (--seed), the run began with 42",
        "train.learning_rate = 0.5 (--learning-rate), the run began with 0.0001",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(checkpoints(&workplace, "outputs"), kept);

    // SIGTERM does as Ctrl-C does, with a code of its own.
    let (mut child, _) = start(&["train", "--resume", "--num-workers=2"]);
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));

    // The lock of a process that is gone, and two signals at once, are no obstacle.
    let (mut child, _) = start(&["train", "--resume"]);
    child.kill().unwrap();
    child.wait().unwrap();
    let (mut child, _) = start(&["train", "--resume"]);
    signal(&child, "-INT");
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let (mut child, _) = start(&["train", "--resume"]);
    child.kill().unwrap();
    child.wait().unwrap();

    let (code, said) = workplace.fails(&["train", "--resume", "elsewhere"]);
    assert_eq!(code, 2);
    assert!(said.contains("no run to resume in elsewhere"), "{said}");
}
