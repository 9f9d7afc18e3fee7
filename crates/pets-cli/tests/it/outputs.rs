//! What becomes of the output: readers that go away, disks that are full, names that would steer a terminal.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use image::RgbImage;

use crate::program::pets_in;
use crate::workplace::{QUICK, Workplace};

/// Runs `pets` with an output whose reader is gone; what it says.
fn without_reader(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut child = Command::new(cargo_bin("pets"))
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), said)
}

#[test]
fn a_reader_that_goes_away_ends_nothing_that_is_under_way() {
    let workplace = Workplace::new(4, 12);
    let place = workplace.path();
    for arguments in [
        &["breeds", "--data-dir=drawn"][..],
        &["breeds", "--data-dir=drawn", "--json"],
        &["config", "--defaults"],
        &["dataset", "verify", "--data-dir=drawn"],
        &["--help"],
        &["train", "--help"],
    ] {
        let (code, said) = without_reader(place, arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
    let all = [
        &[
            "all",
            "--data-dir=drawn",
            "--holdout-breeds=none",
            "--train-test-split=0.5",
        ][..],
        &QUICK,
    ]
    .concat();
    let (code, said) = without_reader(place, &all);
    assert_eq!(code, Some(0), "{said}");
    assert!(place.join("outputs/results/report.html").exists());
    let embed = ["embed", "--data-dir=drawn", "--out=e.npz"];
    let (code, said) = without_reader(place, &embed);
    assert_eq!(code, Some(0), "{said}");
    assert!(place.join("e.npz").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_output_is_an_error() {
    let workplace = Workplace::new(4, 12);
    for command in [
        "breeds --data-dir=drawn",
        "breeds --data-dir=drawn --json",
        "config --defaults",
    ] {
        let (code, said) = workplace.script_fails(&format!("\"$0\" {command} > /dev/full"));
        assert_eq!(code, 1, "{said}");
        for part in ["cannot write to the standard output", "No space left"] {
            assert!(said.contains(part), "{said}");
        }
    }
    let all = format!(
        "\"$0\" all --data-dir=drawn --holdout-breeds=none --train-test-split=0.5 {} > /dev/full",
        QUICK.join(" ")
    );
    let (code, said) = workplace.script_fails(&all);
    assert_eq!(code, 1, "{said}");
    assert!(
        workplace
            .path()
            .join("outputs/results/report.html")
            .exists()
    );
}

/// A folder with pictures of some classes, of any names.
fn pictures_of(folder: &Path, classes: &[&str]) {
    for (class, name) in classes.iter().enumerate() {
        let folder = folder.join(name);
        fs::create_dir_all(&folder).unwrap();
        for picture in 0..8 {
            let value = (class * 60 + picture * 3) as u8;
            RgbImage::from_fn(48, 48, |x, y| {
                image::Rgb([value, (x * 5) as u8, (y * 5) as u8])
            })
            .save(folder.join(format!("{picture}.png")))
            .unwrap();
        }
    }
}

#[cfg(unix)]
#[test]
fn names_steer_no_terminal_and_widen_no_table() {
    let workplace = Workplace::new(3, 8);
    let place = workplace.path();
    let long = "x".repeat(200);
    let hostile = [
        "\u{1b}]0;owned\u{7}\u{1b}[2J",
        "cat\nerror: the disk is full",
        "\u{202e}god",
        &long,
    ];
    pictures_of(&place.join("mine"), &hostile);
    let train = [
        &["train", "--output-dir=run", "--evaluate"][..],
        &QUICK,
        &[
            "--data-dir=mine",
            "--holdout-breeds=none",
            "--train-test-split=0.5",
        ],
    ]
    .concat();
    let harmless = |said: &str| {
        assert!(!said.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{said:?}");
        assert!(
            said.lines()
                .all(|line| !line.starts_with("error: the disk")),
            "{said}"
        );
    };
    for arguments in [
        &["breeds", "--data-dir=mine"][..],
        &["breeds", "--data-dir=mine", "--json"],
        &train,
        &["evaluate", "run", "--data-dir=mine", "--breeds"],
        &[
            "evaluate",
            "run",
            "--data-dir=mine",
            "--breeds",
            "--markdown",
        ],
        &["dataset", "verify", "--data-dir=mine"],
    ] {
        let said = pets_in(place, arguments).succeeded();
        harmless(&said.stdout);
        harmless(&said.stderr);
    }
    let said = pets_in(place, &["breeds", "--data-dir=mine"]).succeeded();
    for line in said.stdout.lines() {
        assert!(line.chars().count() < 80, "{line}");
    }
    // As data the names are what they were.
    let said = pets_in(place, &["breeds", "--data-dir=mine", "--json"]).succeeded();
    let listed: Vec<serde_json::Value> = serde_json::from_str(&said.stdout).unwrap();
    for name in hostile {
        assert!(listed.iter().any(|breed| breed["name"] == name), "{name:?}");
    }
    // In errors, too.
    fs::write(
        place.join("mine").join(hostile[1]).join("1.png"),
        "no picture",
    )
    .unwrap();
    fs::write(
        place.join("mine").join(hostile[0]).join("1.png"),
        "no picture",
    )
    .unwrap();
    let said = pets_in(place, &["dataset", "verify", "--data-dir=mine"]);
    assert_eq!(said.code, 1);
    harmless(&said.stdout);
    let said = pets_in(
        place,
        &[
            "embed",
            "--load-model=run",
            "--data-dir=mine",
            "--part=all",
            "--out=e.npz",
        ],
    );
    assert_eq!(said.code, 1);
    harmless(&said.stderr);
}

#[test]
fn many_empty_folders_are_one_warning() {
    let workplace = Workplace::new(3, 8);
    let place = workplace.path();
    pictures_of(&place.join("mine"), &["a", "b"]);
    for number in 0..2000 {
        fs::create_dir(place.join(format!("mine/empty-{number:04}"))).unwrap();
    }
    let said = pets_in(place, &["breeds", "--data-dir=mine"]).succeeded();
    assert!(
        said.stderr.contains("warning: 2000 folders hold no image"),
        "{}",
        said.stderr
    );
    assert_eq!(said.stderr.lines().count(), 1);
    assert!(said.stderr.len() < 4000);
}
