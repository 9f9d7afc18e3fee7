//! Signals end every command, with the code that is promised.

use std::process::Child;
use std::time::{Duration, Instant};

use crate::interruption::{signal, wait_until, with};
use crate::workplace::Workplace;

/// Sends a signal, and waits for the end; nothing takes that long but a command that does not heed it.
fn ends(mut child: Child, name: &str, code: i32) {
    let started = Instant::now();
    signal(&child, name);
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(code));
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn drawing_ends() {
    let workplace = Workplace::new(3, 8);
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let set = workplace.path().join(format!("set{name}"));
        let out = format!("--out={}", set.display());
        let draw = [
            "dataset",
            "draw",
            &out,
            "--breeds=2000",
            "--images=1000",
            "--size=256",
        ];
        let mut child = workplace.start(&draw, "log.txt");
        let drawing = wait_until(&mut child, || {
            std::fs::read_dir(set.join("images")).is_ok_and(|mut entries| entries.next().is_some())
        });
        assert!(drawing, "{}", workplace.text("log.txt"));
        ends(child, name, code);
        assert!(!set.join("drawn.json").exists());
    }
}

/// Whether a process has said what it does at a signal.
#[cfg(target_os = "linux")]
fn heeds_signals(process: u32) -> bool {
    const INTERRUPT: u64 = 1 << (2 - 1);
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = u64::from_str_radix(caught.unwrap().trim(), 16).unwrap();
    caught & INTERRUPT != 0
}

/// A matrix as `numpy.save` writes it.
#[cfg(target_os = "linux")]
fn npy(descr: &str, shape: &str, values: Vec<u8>) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}");
    let header = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\0".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values);
    bytes
}

#[cfg(target_os = "linux")]
#[test]
fn judging_and_drawing_of_results_end() {
    const ROWS: usize = 20_000;
    let workplace = Workplace::new(5, 20);
    workplace.pets(&with(&["--num-epochs=1", "--output-dir=run"]));
    let values = (0..ROWS * 4).flat_map(|index| ((index * 7919 % 10_007) as f32).to_le_bytes());
    let labels = (0..ROWS).flat_map(|row| ((row / 2) as i64).to_le_bytes());
    for (name, bytes) in [
        ("e.npy", npy("<f4", "20000, 4", values.collect())),
        ("l.npy", npy("<i8", "20000,", labels.collect())),
    ] {
        std::fs::write(workplace.path().join(name), bytes).unwrap();
    }
    for (arguments, name, code) in [
        (
            &[
                "evaluate",
                "--embeddings=e.npy",
                "--labels=l.npy",
                "--bootstrap-resamples=10000",
            ][..],
            "-TERM",
            143,
        ),
        (
            &["visualize", "--load-model=run", "--data-dir=drawn"],
            "-INT",
            130,
        ),
        (&["evaluate", "run", "--data-dir=drawn"], "-TERM", 143),
    ] {
        let mut child = workplace.start(arguments, "log.txt");
        let process = child.id();
        let there = wait_until(&mut child, || heeds_signals(process));
        assert!(there, "{}", workplace.text("log.txt"));
        ends(child, name, code);
    }
}
